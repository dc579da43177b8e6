import type { TimeRange } from "../../../store/file-store.js";
import { check, equal } from "../../assert.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";

const FILES = ["d", "d0", "e/a", "e/f/b"];
const PAST = new Date(0);

/** Time later than any service's clock. */
const FUTURE = new Date(Date.UTC(2200, 0));

/** Repeats the deletion of a file and of a directory, first requested at that moment. */
async function repeatDelete(t: StoreContext, requestedAt: TimeRange) {
  await t.fill(FILES);
  const file = await t.store.delete(t.at("d"), { ...t.options, scope: "file", requestedAt });
  const below = await t.store.delete(t.at("e"), { ...t.options, scope: "all", requestedAt });
  const failed = [...file.failed, ...below.failed].map((key) => t.below(key));
  return { deleted: file.deleted + below.deleted, failed: failed.sort() };
}

/** Tests the service's clock, and deletions that are repeated after a lost answer. */
export const requestedAtCases: readonly StoreRule[] = [
  {
    id: "clock/now/is-that-of-the-files",
    rule: "The clock and the times of files agree, within the tolerance that it states.",
    needs: "clock",
    async run(t) {
      const before = await t.store.clock(t.options);
      const { modifiedAt } = await t.write("a.txt", "one");
      const after = await t.store.clock(t.options);
      const time = modifiedAt.getTime();
      const isWithin =
        time >= before.now.getTime() - before.toleranceMs && time <= after.now.getTime() + after.toleranceMs;
      check(
        isWithin,
        "time of a file",
        `between ${before.now.toISOString()} and ${after.now.toISOString()}`,
        modifiedAt,
      );
    },
  },
  {
    id: "delete/requested-at/older-goes",
    rule: "A repeated deletion deletes files that were created before it was first requested.",
    needs: "clock",
    async run(t) {
      const requestedAt = { earliest: FUTURE, latest: FUTURE };
      equal("answer", await repeatDelete(t, requestedAt), { deleted: 3, failed: [] });
      equal("keys", await t.keys(), ["d0"]);
    },
  },
  {
    id: "delete/requested-at/newer-stays",
    rule: "A repeated deletion keeps files that were created after it was first requested.",
    needs: "clock",
    async run(t) {
      const { deleted } = await repeatDelete(t, { earliest: PAST, latest: PAST });
      equal("deleted", deleted, 0);
      equal("keys", await t.keys(), FILES);
    },
  },
  {
    id: "delete/requested-at/unclear-is-kept",
    rule: "A repeated deletion keeps and reports files that may be newer than the first request.",
    needs: "clock",
    async run(t) {
      const answer = await repeatDelete(t, { earliest: PAST, latest: FUTURE });
      equal("answer", answer, { deleted: 0, failed: ["d", "e/a", "e/f/b"] });
      equal("keys", await t.keys(), FILES);
    },
  },
];
