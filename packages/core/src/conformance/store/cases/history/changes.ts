import type { VersionEntry } from "../../../../store/file-history.js";
import { equal } from "../../../assert.js";
import type { StoreContext } from "../../context.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";

/** Makes seven changes of four files, apart in time, by two threads and without any; returns them in words. */
async function sevenChanges(t: StoreContext, files: StoreContext): Promise<string[]> {
  const clock = new HistoryContext(t);
  const changes: readonly (readonly [name: string, content: string | undefined, thread?: string])[] = [
    ["d/a", "1", "t"],
    ["d0", "1", "u"],
    ["d/b", "1", "u"],
    ["d/a", "2", "t"],
    ["e", "1"],
    ["d/a", undefined, "t"],
    ["d/b", "2", "t"],
  ];
  for (const [name, content, thread] of changes) {
    await clock.tick();
    const by = thread === undefined ? undefined : { thread };
    if (content === undefined) await files.as({ kind: "delete", by }).delete(name, "file");
    else await files.as({ kind: "write", by }).write(name, content);
  }
  return ["create d/a", "create d0", "create d/b", "write d/a", "create e", "delete d/a", "write d/b"];
}

const inWords = (t: StoreContext, entries: readonly VersionEntry[]): string[] =>
  entries.map(({ kind, key }) => `${kind} ${t.below(key)}`);

/** Tests the log of changes of many files. */
export const changesCases: readonly StoreRule[] = [
  {
    id: "history/changes/in-order",
    rule: "All changes under a prefix, which may end inside a name, are in the order in which they were made, the oldest first.",
    needs: "history",
    async run(t) {
      const files = t.under("files");
      const all = await sevenChanges(t, files);
      const history = new HistoryContext(files);
      const { id } = await history.newest("d/b");
      const sees = async (prefix: string, expected: readonly string[]) =>
        equal(`changes under ${prefix}`, inWords(files, await history.changes(prefix, id)), expected);
      await sees("", all);
      await sees(
        "d",
        all.filter((change) => !change.endsWith(" e")),
      );
      await sees(
        "d/",
        all.filter((change) => change.includes(" d/")),
      );
      await sees("d/b", ["create d/b", "write d/b"]);
    },
  },
  {
    id: "history/changes/entries",
    rule: "An entry is the same as in the history of its file.",
    needs: "history",
    async run(t) {
      const files = t.under("files");
      await sevenChanges(t, files);
      const history = new HistoryContext(files);
      const { id } = await history.newest("d/b");
      const changes = await history.changes("", id);
      for (const name of ["d/a", "d/b", "d0", "e"]) {
        const own = changes.filter(({ key }) => key === files.at(name)).reverse();
        equal(`changes of ${name}`, own, await history.versions(name));
      }
    },
  },
  {
    id: "history/changes/pages",
    rule: "Pages of any size, each starting behind the last entry of the one before, have every change once; behind the end there are none.",
    needs: "history",
    async run(t) {
      const files = t.under("files");
      const all = await sevenChanges(t, files);
      const history = new HistoryContext(files);
      const { id } = await history.newest("d/b");
      for (const limit of [1, 2, 3, 7]) {
        equal(`changes in pages of ${limit}`, inWords(files, await history.changes("", id, { limit })), all);
      }
      const [first] = await history.versions("d0");
      const since = await history.changes("", id, { since: first!.id });
      equal("changes since the second", inWords(files, since), all.slice(2));
      for (const since of [id, "unknown"]) {
        const options = { ...files.options, limit: 10, since };
        equal(`changes since ${since}`, await t.ask(() => history.store.changes(files.at(""), options)), []);
      }
    },
  },
  {
    id: "history/changes/thread",
    rule: "The changes of a thread are those that were made in it, in pages of any size.",
    needs: "history",
    async run(t) {
      const files = t.under("files");
      await sevenChanges(t, files);
      const history = new HistoryContext(files);
      const { id } = await history.newest("d/b");
      const { id: byU } = (await history.versions("d/b"))[1]!;
      const expected = ["create d/a", "write d/a", "delete d/a", "write d/b"];
      const known = t.capabilities.deletionAuthors
        ? expected
        : expected.filter((change) => change !== "delete d/a");
      for (const limit of [1, 2, 100]) {
        const mine = await history.changes("", id, { limit, thread: "t" });
        equal("changes of t", inWords(files, mine), known);
        const others = await history.changes("", byU, { limit, thread: "u" });
        equal("changes of u", inWords(files, others), ["create d0", "create d/b"]);
      }
      const options = { ...files.options, limit: 10, thread: "%" };
      equal("changes of nobody", await t.ask(() => history.store.changes(files.at(""), options)), []);
    },
  },
];
