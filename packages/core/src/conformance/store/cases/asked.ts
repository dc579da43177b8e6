import type { Moment } from "../../../store/file-store.js";
import { check, equal } from "../../assert.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";

const FILES = ["d", "d0", "e/a", "e/f/b"];
const PAST = new Date(0);

/** Later than whatever a service's clock says. */
const FUTURE = new Date(Date.UTC(2200, 0));

/** Repeats a removal of a file, and of a directory, that was asked for then. */
async function removeAsked(t: StoreContext, asked: Moment) {
  await t.fill(FILES);
  const file = await t.store.remove(t.at("d"), { ...t.call, what: "file", asked });
  const below = await t.store.remove(t.at("e"), { ...t.call, what: "both", asked });
  const left = [...file.left, ...below.left].map((key) => t.below(key));
  return { removed: file.removed + below.removed, left: left.sort() };
}

/** The service's clock, and removals that are repeated after a lost answer. */
export const askedCases: readonly StoreRule[] = [
  {
    id: "clock/now/is-that-of-the-files",
    rule: "The clock and the times of files agree, within the tolerance that it states.",
    needs: "clock",
    async run(t) {
      const before = await t.store.clock(t.call);
      const { modifiedAt } = await t.put("a.txt", "one");
      const after = await t.store.clock(t.call);
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
    id: "remove/asked/older-goes",
    rule: "A removal that is repeated takes what was created before it was asked for.",
    needs: "clock",
    async run(t) {
      const asked = { earliest: FUTURE, latest: FUTURE };
      equal("answer", await removeAsked(t, asked), { removed: 3, left: [] });
      equal("keys", await t.keys(), ["d0"]);
    },
  },
  {
    id: "remove/asked/newer-stays",
    rule: "A removal that is repeated takes nothing that was created after it was asked for.",
    needs: "clock",
    async run(t) {
      const { removed } = await removeAsked(t, { earliest: PAST, latest: PAST });
      equal("removed", removed, 0);
      equal("keys", await t.keys(), FILES);
    },
  },
  {
    id: "remove/asked/unclear-is-left",
    rule: "A removal that is repeated leaves what may be newer, and names it.",
    needs: "clock",
    async run(t) {
      const answer = await removeAsked(t, { earliest: PAST, latest: FUTURE });
      equal("answer", answer, { removed: 0, left: ["d", "e/a", "e/f/b"] });
      equal("keys", await t.keys(), FILES);
    },
  },
];
