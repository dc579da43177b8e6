import { equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { sorted } from "../fixtures.js";
import { hostOf } from "./agent.js";
import { call, tells, tellsFailure } from "./calls.js";

/** Tests tool calls of one turn, which deepagents makes concurrently. */
export const parallelCases: readonly ConformanceCase[] = [
  {
    id: "host/parallel/edits-of-one-file",
    rule: "All edits of one file in one turn succeed.",
    source: "tools",
    needs: "atomic",
    async run(t) {
      const path = t.at("/a.txt");
      const places = Array.from({ length: 5 }, (_, i) => `place ${i}`);
      await t.write("/a.txt", `${places.join(" old\n")} old\n`);
      const { answers } = await (await hostOf(t)).run([
        places.map((place) => call.edit(path, `${place} old`, `${place} new`)),
      ]);
      for (const place of places.keys()) tells(`edit ${place}`, answers[0]?.[place], " 1 ", path);
      await t.holds("/a.txt", `${places.join(" new\n")} new\n`);
    },
  },
  {
    id: "host/parallel/new-files",
    rule: "All files written in one turn exist, each with its own content.",
    source: "tools",
    async run(t) {
      const names = Array.from({ length: 8 }, (_, i) => `/file-${i}.txt`);
      const { answers } = await (await hostOf(t)).run([
        names.map((name) => call.write(t.at(name), `this is ${name}\n`)),
      ]);
      for (const [i, name] of names.entries()) {
        tells("write_file", answers[0]?.[i], t.at(name));
        await t.holds(name, `this is ${name}\n`);
      }
      equal("files", sorted(await t.glob("file-*.txt")), names);
    },
  },
  {
    id: "host/parallel/one-new-file",
    rule: "One of two writes of one new file in one turn succeeds, and the other reports the existing file.",
    source: "tools",
    needs: ["atomic", "createOnly"],
    async run(t) {
      const path = t.at("/a.txt");
      const { answers } = await (await hostOf(t)).run([
        [call.write(path, "one\n"), call.write(path, "two\n")],
      ]);
      const [winner, loser] = answers[0]?.[0]?.startsWith("Successfully") ? [0, 1] : [1, 0];
      tells("one write", answers[0]?.[winner], path);
      tellsFailure("the other", answers[0]?.[loser], /exist/);
      await t.holds("/a.txt", ["one\n", "two\n"][winner]!);
    },
  },
];
