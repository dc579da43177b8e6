import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { lose, lostAnswerNeeds, others, write } from "./lost-answers.js";

const needs = [...lostAnswerNeeds, "guarded"] as const;

/** Tests guarded replacements whose answer is lost. */
export const guardedLostAnswerCases: readonly ConformanceCase[] = [
  {
    id: "lost-answers/guarded/is-done",
    rule: "A guarded replacement that was carried out while its answer was lost is done, not refused as a changed file.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "old\n");
      succeeds("write", await lose(t, write(t), async () => {}));
      await t.holds("/d/a.txt", "mine\n");
    },
  },
  {
    id: "lost-answers/guarded/edited-since",
    rule: "A guarded replacement whose answer was lost does not undo what others have edited since, and does not count as having seen it.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "old\n");
      const answer = await lose(t, write(t), (other) => others.edit(t, other, "mine", "mine and theirs"));
      succeeds("write", answer);
      refuses("next write", await t.backend.write(t.at("/d/a.txt"), "next\n"));
      await t.holds("/d/a.txt", "mine and theirs\n");
    },
  },
  {
    id: "lost-answers/guarded/not-carried-out",
    rule: "A guarded replacement that never arrived is made where the file is still the one that was seen.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "old\n");
      const { error } = await lose(t, write(t), async () => {}, false);
      await t.holds("/d/a.txt", error === undefined ? "mine\n" : "old\n");
    },
  },
  {
    id: "lost-answers/guarded/changed-by-others",
    rule: "A guarded replacement that never arrived does not replace what others have written in the meantime.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "old\n");
      const answer = await lose(t, write(t), (other) => others.edit(t, other, "old", "theirs"), false);
      check(answer.error !== undefined, "write", "an error", answer);
      equal("content", (await t.data("/d/a.txt")).content, "theirs\n");
    },
  },
];
