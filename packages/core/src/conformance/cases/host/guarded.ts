import { equal, succeeds } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { numbered } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, tells, tellsFailure } from "./calls.js";
import type { Turn } from "./scripted-model.js";

/** Creates a file through another instance, which is another reader. */
async function others(t: CaseContext, path: string, content: string) {
  const other = await t.open();
  succeeds("write of another instance", await other.write(t.at(path), content));
  return other;
}

/** The turns of a model that writes blindly, is refused, reads the file and writes again. */
const writesReadsWrites = (path: string): Turn[] => [
  [call.write(path, "mine\n")],
  [call.read(path)],
  [call.write(path, "mine\n")],
];

function recovers(answers: readonly (readonly string[])[]): void {
  tellsFailure("write_file without a read", answers[0]?.[0], /read_file/);
  tells("read_file", answers[1]?.[0], "theirs");
  tells("write_file after the read", answers[2]?.[0], "Successfully");
}

/** Tests guarded writes by agents with deepagents' own middleware and description of `write_file`. */
export const guardedHostCases: readonly ConformanceCase[] = [
  {
    id: "host/guarded/recovers",
    rule: "A model that writes a file which it has not read is told to read it, and then its write replaces the file.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      await others(t, "/a.txt", "theirs\n");
      const { answers } = await (await hostOf(t)).run(writesReadsWrites(t.at("/a.txt")));
      recovers(answers);
      await t.holds("/a.txt", "mine\n");
    },
  },
  {
    id: "host/guarded/changed-meanwhile",
    rule: "A model that writes a file which others have changed since its read is told so, and loses nothing of theirs.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      const path = t.at("/a.txt");
      const host = await hostOf(t);
      const other = await others(t, "/a.txt", "theirs\n");
      const change = await host.tool("others_change", async () => {
        succeeds("edit of another instance", await other.edit(path, "theirs", "theirs, changed"));
        return "changed";
      });
      const { answers } = await host.run(
        [[call.read(path)], [{ tool: "others_change", args: {} }], ...writesReadsWrites(path)],
        { tools: [change] },
      );
      recovers(answers.slice(2));
      await t.holds("/a.txt", "mine\n");
    },
  },
  {
    id: "host/guarded/whole-file-again",
    rule: "A model writes, edits and replaces its own file without a read.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      const path = t.at("/a.txt");
      const { answers } = await (await hostOf(t)).run([
        [call.write(path, "one\n")],
        [call.edit(path, "one", "two")],
        [call.write(path, "three\n")],
        [call.write(path, "four\n")],
      ]);
      for (const [turn] of answers) tells("answer", turn, path);
      await t.holds("/a.txt", "four\n");
    },
  },
  {
    id: "host/guarded/page-of-a-large-file",
    rule: "A page of a file is a look at it, as in deepagents' own tools.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      const path = t.at("/a.txt");
      await others(t, "/a.txt", numbered(1_000));
      const { answers } = await (await hostOf(t)).run([
        [call.read(path, { offset: 500, limit: 10 })],
        [call.write(path, "mine\n")],
      ]);
      tells("write_file", answers[1]?.[0], path);
      await t.holds("/a.txt", "mine\n");
    },
  },
  {
    id: "host/guarded/memory-and-skills",
    rule: "Memory that deepagents has loaded into the prompt is seen, and replaced; a skill is replaced after a read.",
    source: "tools",
    needs: ["guarded", "transfer"],
    async run(t) {
      const skill = "---\nname: greeting\ndescription: theirs\n---\n\nSay hello.\n";
      await others(t, "/AGENTS.md", "Be brief.\n");
      await others(t, "/skills/greeting/SKILL.md", skill);
      const [memory, path] = [t.at("/AGENTS.md"), t.at("/skills/greeting/SKILL.md")];
      const host = await hostOf(t);
      const { answers, system } = await host.run(
        [
          [call.write(memory, "Be long.\n")],
          [call.read(path)],
          [call.write(path, skill.replace("hello", "hi"))],
        ],
        { memory: [memory], skills: [t.at("/skills/")] },
      );
      tells("system prompt", system, "Be brief.");
      tells("write_file of the memory", answers[0]?.[0], memory);
      tells("write_file of the skill", answers[2]?.[0], path);
      await t.holds("/AGENTS.md", "Be long.\n");
      await t.holds("/skills/greeting/SKILL.md", skill.replace("hello", "hi"));
    },
  },
  {
    id: "host/guarded/in-a-subagent",
    rule: "A subagent that writes a file which was not read is told to read it, and recovers.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      await others(t, "/a.txt", "theirs\n");
      const host = await hostOf(t);
      const model = await host.model(...writesReadsWrites(t.at("/a.txt")));
      const writer = { name: "writer", description: "writer", systemPrompt: "Write.", model };
      await host.run([[call.task("writer")]], { subagents: [writer] });
      await t.holds("/a.txt", "mine\n");
    },
  },
  {
    id: "host/guarded/in-a-mount",
    rule: "In a CompositeBackend, which strips the mount's prefix, the guard works as without it.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      await others(t, "/a.txt", "theirs\n");
      const { deepagents, backend, run } = await hostOf(t);
      const { CompositeBackend, StateBackend } = deepagents;
      const composite = new CompositeBackend(new StateBackend(), { "/files/": backend });
      const { answers } = await run(writesReadsWrites(`/files${t.at("/a.txt")}`), { backend: composite });
      recovers(answers);
      await t.holds("/a.txt", "mine\n");
      equal("files", await t.glob("*.txt"), ["/a.txt"]);
    },
  },
];
