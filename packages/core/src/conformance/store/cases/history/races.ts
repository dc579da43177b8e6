import type { VersionEntry } from "../../../../store/file-history.js";
import { check, equal } from "../../../assert.js";
import { WRITERS } from "../../../cases/race.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { add, race } from "../race.js";

/** Tests the history of files that many change at the same time. */
export const historyRaceCases: readonly StoreRule[] = [
  {
    id: "history/races/swaps",
    rule: "Concurrent swaps make one version each, in their order: replayed, each adds to the one before it.",
    needs: ["history", "atomic"],
    async run(t) {
      const each = t.scaled(10);
      await t.write("a.txt", "");
      await race(t, 8, async (store, i) => {
        for (let n = 0; n < each; n++) await add(t, store, "a.txt", `${i}.${n};`);
      });
      const contents = (await new HistoryContext(t).contents("a.txt")).map(String);
      equal("versions", contents.length, 8 * each + 1);
      contents.slice(1).forEach((content, i) => {
        const added = content.slice(contents[i]!.length);
        check(
          content.startsWith(contents[i]!) && /^\d+\.\d+;$/.test(added),
          `version ${i + 1}`,
          "the one before, and one addition",
          content,
        );
      });
    },
  },
  {
    id: "history/races/replacements",
    rule: "Of concurrent replacements each is one version, and the newest is the stored file.",
    needs: "history",
    async run(t) {
      const each = t.scaled(5);
      await race(t, WRITERS, async (store, i) => {
        for (let n = 0; n < each; n++) await t.put(t.change("a.txt", `${i}.${n}`, "overwrite"), store);
      });
      const contents = await new HistoryContext(t).contents("a.txt");
      const expected = Array.from(
        { length: WRITERS * each },
        (_, i) => `${Math.floor(i / each)}.${i % each}`,
      );
      equal("versions", [...contents].sort(), expected.sort());
      await t.holds("a.txt", contents.at(-1)!);
      for (let i = 0; i < WRITERS; i++) {
        const own = contents.filter((content) => String(content).startsWith(`${i}.`));
        equal(`versions of writer ${i}`, own, [...own].sort());
      }
    },
  },
  {
    id: "history/races/same-id",
    rule: "A change that arrives several times concurrently makes one version.",
    needs: ["history", "atomic"],
    async run(t) {
      const history = new HistoryContext(t);
      for (let round = 0; round < 5; round++) {
        const name = `${round}.txt`;
        if (round % 2 === 0) await t.write(name, "one");
        const change = t.change(name, "two", "overwrite");
        await race(t, 8, (store) => t.put(change, store));
        equal("contents", await history.contents(name), round % 2 === 0 ? ["one", "two"] : ["two"]);
      }
    },
  },
  {
    id: "history/races/deletions",
    rule: "Under concurrent creations and deletions a deletion always follows a version, and there is one for each deletion that was counted.",
    needs: ["history", "atomic", "atomicDelete"],
    async run(t) {
      const each = t.scaled(5);
      const counts = await race(t, 8, async (store, i) => {
        let count = 0;
        for (let n = 0; n < each; n++) {
          if (i % 2 === 0) await t.put(t.change("a.txt", `${i}.${n}`), store);
          else count += (await store.delete(t.at("a.txt"), { ...t.options, scope: "file" })).deleted;
        }
        return count;
      });
      const kinds = await new HistoryContext(t).kinds("a.txt");
      const deletions = kinds.filter((kind) => kind === "delete").length;
      equal(
        "deletions",
        deletions,
        counts.reduce((a, b) => a + b, 0),
      );
      const alternating = kinds.map((_, i) => ((kinds.length - i) % 2 === 1 ? "create" : "delete"));
      equal("kinds", kinds, alternating);
    },
  },
  {
    id: "history/races/log",
    rule: "A reader who pages through the log while others write, from the last entry that was seen, misses and repeats no change.",
    needs: "history",
    async run(t) {
      const each = t.scaled(6);
      const history = new HistoryContext(t);
      const options = { ...t.options, limit: 5 };
      const seen: VersionEntry[] = [];
      let isOver = false;
      const read = async () => {
        while (!isOver) {
          seen.push(
            ...(await t.ask(() => history.store.changes(t.at(""), { ...options, since: seen.at(-1)?.id }))),
          );
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const write = async () => {
        await race(t, 8, async (store, i) => {
          for (let n = 0; n < each; n++)
            await t.put(t.change(`${i % 5}.txt`, `${i}.${n}`, "overwrite"), store);
        });
        isOver = true;
      };
      await Promise.all([read(), write()]);
      await history.tick();
      await t.write("end.txt", "x");
      const { id } = await history.newest("end.txt");
      const rest = await history.changes("", id, { since: seen.at(-1)?.id });
      const all = [...seen, ...rest].filter(({ key }) => /^\d\.txt$/.test(t.below(key)));
      for (let i = 0; i < 5; i++) {
        const name = `${i}.txt`;
        const ids = all.filter(({ key }) => key === t.at(name)).map((entry) => entry.id);
        const versions = (await history.versions(name)).map((entry) => entry.id);
        equal(`changes of ${name}`, ids, versions.reverse());
      }
      equal("changes", all.length, 8 * each);
    },
  },
  {
    id: "history/races/erase",
    rule: "While a file is erased and written concurrently its history stays whole: each version can be fetched, and the newest is the stored file. Erased again, nothing is left.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      for (let round = 0; round < 5; round++) {
        await race(t, 8, async (store, i) => {
          for (let n = 0; n < 5; n++) {
            if (i === 0) await new HistoryContext(t, store).erase("a.txt", "file");
            else await t.put(t.change("a.txt", `${i}.${n}`, "overwrite"), store);
          }
        });
        const [file] = await t.files(["a.txt"]);
        const contents = await history.contents("a.txt");
        equal("newest version", contents.at(-1), file?.content);
        check(
          !contents.slice(0, -1).includes(undefined),
          "versions",
          "those that were not erased, each with a file",
          contents,
        );
        await history.erase("a.txt", "file");
        equal("versions", await history.versions("a.txt"), []);
        await t.absent("a.txt");
      }
    },
  },
];
