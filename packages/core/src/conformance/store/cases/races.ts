import type { Change, Outcome } from "../../../store/file-store.js";
import { RemoteBackendError } from "../../../support/errors.js";
import { check, equal } from "../../assert.js";
import { WRITERS } from "../../cases/race.js";
import type { StoreRule } from "../options.js";
import { manyNames } from "./fixtures.js";
import { add, race } from "./race.js";

const done = (outcomes: readonly Outcome[]): number => outcomes.filter((outcome) => outcome.done).length;

/** Tests concurrent writers: every total is exact. */
export const raceCases: readonly StoreRule[] = [
  {
    id: "races/create/one-winner",
    rule: "Exactly one of many concurrent creations of one key is done; the others are refused as `exists`.",
    needs: "atomic",
    async run(t) {
      for (let round = 0; round < 5; round++) {
        const name = `${round}.txt`;
        const outcomes = await race(t, WRITERS, (store, i) => t.put(t.change(name, `${i}`), store));
        equal("done", done(outcomes), 1);
        await t.holds(name, String(outcomes.findIndex((outcome) => outcome.done)));
        const others = outcomes.filter((outcome) => !outcome.done && outcome.why !== "exists");
        equal("refused for another reason", others, []);
      }
    },
  },
  {
    id: "races/swap/one-winner",
    rule: "Exactly one of many concurrent swaps from one version is done, and its content is stored.",
    needs: "atomic",
    async run(t) {
      let file = await t.write("a.txt", "start");
      for (let round = 0; round < 5; round++) {
        const from = file;
        const outcomes = await race(t, WRITERS, (store, i) =>
          t.put(t.change("a.txt", `${round}.${i}`, from), store),
        );
        equal("done", done(outcomes), 1);
        file = await t.file("a.txt");
        equal("content", file.content, `${round}.${outcomes.findIndex((outcome) => outcome.done)}`);
      }
    },
  },
  {
    id: "races/swap/exact-total",
    rule: "Writers that swap until they are done lose nothing: their additions end in an exact total.",
    needs: "atomic",
    async run(t) {
      const each = t.scaled(10);
      await t.write("a.txt", "");
      await race(t, 8, async (store) => {
        for (let n = 0; n < each; n++) await add(t, store, "a.txt", "+");
      });
      await t.holds("a.txt", "+".repeat(8 * each));
    },
  },
  ...(["create", "overwrite", "file"] as const).map(
    (condition): StoreRule => ({
      id: `races/same-id/${condition}`,
      rule: "A change that arrives several times concurrently is applied once, and answered as done each time.",
      needs: "atomic",
      async run(t) {
        for (let round = 0; round < 5; round++) {
          const name = `${round}.txt`;
          const from = condition === "file" ? await t.write(name, "one") : undefined;
          const change: Change = t.change(name, "two", from ?? (condition as "create" | "overwrite"));
          const outcomes = await race(t, 8, (store) => t.put(change, store));
          equal("done", done(outcomes), 8);
          const { writeIds, content } = await t.file(name);
          equal("content", content, "two");
          equal("ids", writeIds, [change.id, ...(from?.writeIds ?? [])]);
        }
      },
    }),
  ),
  {
    id: "races/delete/counted-once",
    rule: "Exactly one of many concurrent deletions of one file counts it.",
    needs: "atomicDelete",
    async run(t) {
      for (let round = 0; round < 5; round++) {
        const name = `${round}.txt`;
        await t.write(name, "x");
        const scope = round % 2 === 0 ? "file" : "all";
        const counts = await race(t, WRITERS, async (store) => {
          const { deleted } = await store.delete(t.at(name), { ...t.options, scope });
          return deleted;
        });
        equal(
          "deleted in all",
          counts.reduce((a, b) => a + b, 0),
          1,
        );
        await t.absent(name);
      }
    },
  },
  {
    id: "races/delete/swaps-do-not-bring-back",
    rule: "A swap concurrent with a deletion does not recreate the file.",
    needs: "atomic",
    async run(t) {
      for (let round = 0; round < 5; round++) {
        const name = `${round}.txt`;
        await t.write(name, "");
        await race(t, 8, async (store, i) => {
          for (let n = 0; n < 6; n++) {
            // Delayed, so that the deletion happens during the swaps, not before.
            if (i === 0 && n === 3) return store.delete(t.at(name), { ...t.options, scope: "file" });
            await add(t, store, name, "+");
          }
          return undefined;
        });
        await t.absent(name);
      }
    },
  },
  {
    id: "races/replace/overlapping-batches",
    rule: "Concurrent batches of the same keys are applied completely: they must not deadlock.",
    needs: "atomic",
    async run(t) {
      const names = manyNames(30);
      await race(t, 8, (store, i) =>
        t.made(
          names.filter((_, n) => n % 8 !== i).map((name) => t.change(name, `${i} ${name}`, "overwrite")),
          store,
        ),
      );
      for (const name of names) {
        const { content } = await t.file(name);
        const isOne = /^\d /.test(String(content)) && String(content).endsWith(` ${name}`);
        check(isOne, `content of ${name}`, "that of one batch", content);
      }
    },
  },
  {
    id: "races/get/whole-versions",
    rule: "A file fetched during concurrent swaps and replacements is one version, whole.",
    async run(t) {
      const content = (i: number) => `${i}\n`.repeat(20_000);
      await t.write("a.txt", content(0));
      const seen = await race(t, 8, async (store, i) => {
        const different: number[] = [];
        for (let n = 1; n < 5; n++) {
          if (i % 2 === 0) await t.put(t.change("a.txt", content(i * 10 + n), "overwrite"), store);
          const file = await t.file("a.txt", store);
          different.push(new Set(String(file.content).split("\n").slice(0, -1)).size);
        }
        return different;
      });
      equal("different lines", Math.max(...seen.flat()), 1);
    },
  },
  {
    id: "races/list/while-others-write",
    rule: "A listing during concurrent writes ends, and contains the files that exist throughout.",
    async run(t) {
      const names = manyNames(50).map((name) => `kept/${name}`);
      await t.fill(names);
      await race(t, 8, async (store, i) => {
        for (let n = 0; n < 5; n++) {
          if (i % 2 === 0) {
            await t.put(t.change(`kept/${i}-${n}`, "x", "overwrite"), store);
            await store.delete(t.at(`kept/${i}-${n}`), { ...t.options, scope: "file" });
          } else {
            const keys = new Set(await t.keys("kept/"));
            const missing = names.filter((name) => !keys.has(name));
            equal("missing", missing, []);
          }
        }
      });
    },
  },
  {
    id: "races/mixed/no-surprises",
    rule: "Under any concurrent operations on one key, every answer is one that the contract defines, and none is an exception.",
    async run(t) {
      await race(t, WRITERS, async (store, i) => {
        for (let n = 0; n < 5; n++) {
          const [file] = await store.get([t.at("a.txt")], t.options);
          const from = file && !RemoteBackendError.is(file) ? file : "overwrite";
          if ((i + n) % 4 === 0) await store.delete(t.at("a.txt"), { ...t.options, scope: "all" });
          else await t.put(t.change("a.txt", `${i}.${n}`, n % 2 === 0 ? from : "create"), store);
        }
      });
      await t.write("a.txt", "end");
      await t.holds("a.txt", "end");
    },
  },
];
