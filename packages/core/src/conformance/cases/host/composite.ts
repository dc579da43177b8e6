import { check, equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { sorted } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, needsTool, tells, tellsFailure } from "./calls.js";
import type { Turn } from "./scripted-model.js";

/** Mount path of the backend; the rest of the tree is the agent's state. */
const MOUNT = "/memories";

/** Runs an agent on a CompositeBackend that mounts the backend. */
async function mounted(t: CaseContext, turns: readonly Turn[], options: { memory?: string[] } = {}) {
  const { deepagents, backend, run } = await hostOf(t);
  const { CompositeBackend, StateBackend } = deepagents;
  const composite = new CompositeBackend(new StateBackend(), { [`${MOUNT}/`]: backend });
  return run(turns, { backend: composite, ...options });
}

/** Tests a backend as a mount of deepagents' CompositeBackend, which strips the mount's prefix from each path. */
export const compositeCases: readonly ConformanceCase[] = [
  {
    id: "host/composite/written-edited-and-read",
    rule: "In a mount files are written, edited and read under the mount's path, and kept without it.",
    source: "tools",
    async run(t) {
      const path = MOUNT + t.at("/a.txt");
      const { answers } = await mounted(t, [
        [call.write(path, "one\n")],
        [call.edit(path, "one", "two")],
        [call.read(path)],
      ]);
      tells("write_file", answers[0]?.[0], path);
      tells("edit_file", answers[1]?.[0], " 1 ", path);
      tells("read_file", answers[2]?.[0], "two");
      await t.holds("/a.txt", "two\n");
    },
  },
  {
    id: "host/composite/listed",
    rule: "The mount is a directory of `/`, and its files are listed under the mount's path.",
    source: "tools",
    async run(t) {
      await t.fill(["/a.txt"]);
      const { answers } = await mounted(t, [
        [call.write("/state.txt", "x\n")],
        [call.ls("/"), call.ls(MOUNT + t.at("/"))],
      ]);
      tells("ls of /", answers[1]?.[0], `${MOUNT}/ (directory)`, "/state.txt");
      tells("ls of the mount", answers[1]?.[1], MOUNT + t.at("/a.txt"));
    },
  },
  {
    id: "host/composite/searched",
    rule: "A search of `/` finds files of every mount, under paths at which they can be read.",
    source: "tools",
    async run(t) {
      const name = `${t.name}.txt`;
      const needle = `needle of ${t.name}`;
      await t.write(`/${name}`, `${needle}\n`);
      const paths = [MOUNT + t.at(`/${name}`), `/${name}`];
      const { answers } = await mounted(t, [
        [call.write(`/${name}`, `${needle}\n`)],
        [call.glob(`**/${name}`, "/"), call.grep(needle, "/"), call.grep(needle, MOUNT)],
      ]);
      const [glob, grep, grepOfMount] = answers[1] ?? [];
      equal("glob", glob?.split("\n").sort(), [...paths].sort());
      for (const path of paths) tells("grep", `\n${grep}`, `\n${path}`);
      tells("grep of the mount", grepOfMount, paths[0]!, needle);
      check(
        !`\n${grepOfMount}`.includes(`\n${paths[1]}`),
        "grep of the mount",
        "its own file only",
        grepOfMount,
      );
    },
  },
  {
    id: "host/composite/mount-point",
    rule: "The mount point, which is the backend's `/`, is a directory: it cannot be read, written or edited as a file.",
    source: "tools",
    async run(t) {
      const { answers } = await mounted(t, [
        [call.read(MOUNT), call.edit(`${MOUNT}/`, "a", "b"), call.write(`${MOUNT}/`, "x")],
      ]);
      for (const [i, tool] of ["read_file", "edit_file", "write_file"].entries()) {
        tellsFailure(tool, answers[0]?.[i]);
      }
    },
  },
  {
    id: "host/composite/memory",
    rule: "A memory file in a mount is in the model's prompt.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      await t.write("/AGENTS.md", "Be brief.\n");
      const { system } = await mounted(t, [], { memory: [MOUNT + t.at("/AGENTS.md")] });
      tells("system prompt", system, "Be brief.");
    },
  },
  {
    id: "host/composite/deleted",
    rule: "Deleting the mount point empties the backend; an empty backend is not an error.",
    source: "tools",
    needs: ["delete", "ownRoot"],
    async run(t) {
      await t.fill(["/a.txt", "/d/b.txt"]);
      equal("files before", sorted(await t.glob("**")), ["/a.txt", "/d/b.txt"]);
      const { answers, tools } = await mounted(t, [
        [call.write("/state.txt", "x\n")],
        [call.delete(MOUNT)],
        [call.glob("**", "/")],
        [call.delete("/")],
        [call.glob("**", "/")],
      ]);
      needsTool("delete", tools);
      tells("delete of the mount", answers[1]?.[0], MOUNT);
      equal("files", answers[2]?.[0], "/state.txt");
      equal("files of the backend", await t.glob("**"), []);
      tells("delete of /", answers[3]?.[0], "Deleted");
      tells("glob", answers[4]?.[0], "No files found");
    },
  },
];
