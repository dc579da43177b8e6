import { equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { type AgentHost, hostOf } from "./agent.js";
import { call, tells } from "./calls.js";
import type { Turn } from "./scripted-model.js";

const subagent = async (host: AgentHost, name: string, ...turns: Turn[]) => ({
  name,
  description: name,
  systemPrompt: "Do as you are told.",
  model: await host.model(...turns),
});

/** Tests subagents, which use the backend of the agent that called them. */
export const subagentCases: readonly ConformanceCase[] = [
  {
    id: "host/subagents/share-files",
    rule: "The file that a subagent leaves is the one that its caller reads.",
    source: "tools",
    async run(t) {
      const host = await hostOf(t);
      const path = t.at("/report.md");
      const writer = await subagent(
        host,
        "writer",
        [call.write(path, "found\n")],
        [call.edit(path, "found", "done")],
      );
      const { answers } = await host.run([[call.task("writer")], [call.read(path)]], { subagents: [writer] });
      tells("read_file", answers[1]?.[0], "done");
      await t.holds("/report.md", "done\n");
    },
  },
  {
    id: "host/subagents/at-once",
    rule: "Subagents that edit one file concurrently lose none of each other's changes.",
    source: "tools",
    needs: "atomic",
    async run(t) {
      const host = await hostOf(t);
      const path = t.at("/list.md");
      await t.write("/list.md", "END\n");
      const names = ["anna", "bert", "carl"];
      const subagents = await Promise.all(
        names.map((name) =>
          subagent(host, name, ...[1, 2, 3].map((n) => [call.edit(path, "END", `${name} ${n}\nEND`)])),
        ),
      );
      await host.run([names.map((name) => call.task(name))], { subagents });
      const lines = String((await t.data("/list.md")).content).split("\n");
      equal("lines", lines.sort(), [
        "",
        "END",
        ...names.flatMap((name) => [1, 2, 3].map((n) => `${name} ${n}`)),
      ]);
    },
  },
];
