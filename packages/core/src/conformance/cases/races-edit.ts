import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { race, WRITERS, won } from "./race.js";

const EDITS = 50;

/** Tests concurrent edits of one file: every total is exact. */
export const editRaceCases: readonly ConformanceCase[] = [
  {
    id: "races/edit/no-update-is-lost",
    rule: "Twenty writers that make fifty edits each of one file make exactly 1,000 edits.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      const edits = t.scaled(EDITS);
      await t.write("/a.txt", "lines:\nEND\n");
      await race(t, WRITERS, async (backend, i) => {
        for (let n = 0; n < edits; n++) {
          const answer = await backend.edit(t.at("/a.txt"), "END", `${i}.${n}\nEND`);
          equal(`edit ${n} of writer ${i}`, answer.error, undefined);
        }
      });
      const lines = String((await t.data("/a.txt")).content)
        .split("\n")
        .slice(1, -2);
      equal("lines", lines.length, WRITERS * edits);
      equal("different lines", new Set(lines).size, WRITERS * edits);
    },
  },
  {
    id: "races/edit/none-is-lost-one-after-the-other",
    rule: "Even if concurrent edits may be lost, consecutive ones are not, through any instance.",
    source: "deepagents",
    unless: "atomic",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "lines:\nEND\n");
      for (let n = 0; n < 20; n++) {
        await (n % 2 === 0 ? t.backend : other).edit(t.at("/a.txt"), "END", `${n}\nEND`);
      }
      equal("lines", String((await t.data("/a.txt")).content).split("\n").length, 23);
    },
  },
  {
    id: "races/edit/different-places-both-succeed",
    rule: "Concurrent edits of different places in one file all succeed: conflicts are resolved internally.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      const lines = Array.from({ length: WRITERS }, (_, i) => `place ${i} old\n`);
      await t.write("/a.txt", lines.join(""));
      const answers = await race(t, WRITERS, (backend, i) =>
        backend.edit(t.at("/a.txt"), `place ${i} old`, `place ${i} new`),
      );
      equal(
        "occurrences",
        answers.map(({ occurrences }) => occurrences),
        answers.map(() => 1),
      );
      await t.holds("/a.txt", lines.join("").replaceAll("old", "new"));
    },
  },
  {
    id: "races/edit/same-place-once",
    rule: "Exactly one of many concurrent edits that replace the same text finds it; the others report that it was not found.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      await t.write("/a.txt", "[free]");
      const answers = await race(t, WRITERS, (backend, i) =>
        backend.edit(t.at("/a.txt"), "free", `taken by ${i}`),
      );
      equal("successes", won(answers), 1);
      await t.holds("/a.txt", `[taken by ${answers.findIndex(({ error }) => error === undefined)}]`);
      for (const { error } of answers) {
        check(
          error === undefined || error.includes("String not found"),
          "refusal",
          "`String not found`",
          error,
        );
      }
    },
  },
  {
    id: "races/edit/replace-all-counts-once",
    rule: "Concurrent edits that replace every occurrence replace each of them once, all together.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      await t.write("/a.txt", "a\n".repeat(100));
      const answers = await race(t, WRITERS, (backend) => backend.edit(t.at("/a.txt"), "a", "b", true));
      const replaced = answers.reduce((sum, { occurrences = 0 }) => sum + occurrences, 0);
      equal("occurrences of all", replaced, 100);
      await t.holds("/a.txt", "b\n".repeat(100));
    },
  },
  {
    id: "races/edit/replace-all-and-single",
    rule: "An edit of all occurrences and concurrent edits that add some end as they would in sequence.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      await t.write("/a.txt", "x\nEND\n");
      const answers = await race(t, WRITERS, (backend, i) =>
        i % 4 === 0
          ? backend.edit(t.at("/a.txt"), "x", "y", true)
          : backend.edit(t.at("/a.txt"), "END", "x\nEND"),
      );
      const replaced = answers.reduce(
        (sum, answer, i) => sum + (i % 4 === 0 ? (answer.occurrences ?? 0) : 0),
        0,
      );
      const lines = String((await t.data("/a.txt")).content).split("\n");
      equal("lines", lines.length - 2, 1 + WRITERS * 0.75);
      equal("replaced lines", lines.filter((line) => line === "y").length, replaced);
    },
  },
  {
    id: "races/edit/empty-file-is-filled-once",
    rule: "Exactly one of many concurrent edits that fill an empty file succeeds.",
    source: "ours",
    needs: "atomic",
    async run(t) {
      await t.write("/a.txt", "");
      const answers = await race(t, WRITERS, (backend, i) => backend.edit(t.at("/a.txt"), "", `writer ${i}`));
      equal("successes", won(answers), 1);
      await t.holds("/a.txt", `writer ${answers.findIndex(({ error }) => error === undefined)}`);
    },
  },
];
