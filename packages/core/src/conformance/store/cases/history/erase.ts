import { equal } from "../../../assert.js";
import type { StoreContext } from "../../context.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { workspace } from "./workspace.js";

const NAMES = ["d", "d.txt", "d0", "e/a", "e/f/b", "e0"];

/** Makes two versions of each file, and deletes one below `e`. */
async function twoVersions(t: StoreContext): Promise<void> {
  for (const content of ["one", "two"]) await t.fill([...NAMES, "e/gone"], content);
  await t.delete("e/gone", "file");
}

/** Fails unless exactly these of the files have no version left, and are absent. */
async function areErased(t: StoreContext, history: HistoryContext, erased: readonly string[]): Promise<void> {
  await t.absent(...erased);
  const empty = [];
  for (const name of [...NAMES, "e/gone"]) if ((await history.versions(name)).length === 0) empty.push(name);
  equal("files without versions", empty, erased);
  const kept = NAMES.filter((name) => !erased.includes(name));
  equal("files", await t.keys(), kept);
  for (const name of kept) equal(`contents of ${name}`, await history.contents(name), ["one", "two"]);
}

/** Tests the right to erasure. */
export const eraseCases: readonly StoreRule[] = [
  {
    id: "history/erase/file",
    rule: "Erasing a file removes it with all of its versions, and nothing of others whose names begin alike.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await twoVersions(t);
      equal("answer", await history.erase("d", "file"), { files: 1, versions: 2 });
      equal("answer", await history.erase("e", "file"), { files: 0, versions: 0 });
      await areErased(t, history, ["d"]);
    },
  },
  {
    id: "history/erase/descendants",
    rule: "Erasing the descendants of a directory removes them with all versions, those of deleted files included.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await twoVersions(t);
      equal("answer", await history.erase("e", "descendants"), { files: 2, versions: 6 });
      equal("answer", await history.erase("d", "descendants"), { files: 0, versions: 0 });
      await areErased(t, history, ["e/a", "e/f/b", "e/gone"]);
    },
  },
  {
    id: "history/erase/all",
    rule: "Erasing the root leaves no file and no version below it, and touches nothing beside it.",
    needs: "history",
    async run(t) {
      const [mine, other] = [t.under("mine"), t.under("mine0")];
      await twoVersions(mine);
      await twoVersions(other);
      const history = new HistoryContext(mine);
      equal("answer", await history.erase("", "all"), { files: 6, versions: 14 });
      await areErased(mine, history, [...NAMES, "e/gone"]);
      await areErased(other, new HistoryContext(other), []);
      equal("answer", await history.erase("", "all"), { files: 0, versions: 0 });
    },
  },
  {
    id: "history/erase/deleted",
    rule: "Erasing a file that was deleted removes its versions and the entry of its deletion.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await twoVersions(t);
      equal("answer", await history.erase("e/gone", "all"), { files: 0, versions: 2 });
      await areErased(t, history, ["e/gone"]);
    },
  },
  {
    id: "history/erase/is-forgotten",
    rule: "Nothing finds an erased version: not its id, not a point in time, not the log of changes.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      const by = { thread: "t", checkpoint: "1" };
      await files.as({ kind: "write", by }).fill(["a.txt", "b.txt"], "one");
      const { id } = await history.newest("a.txt");
      const snapshot = await history.resolve((await clock.tick()).last);
      await files.fill(["a.txt", "b.txt"], "two");
      await history.erase("a.txt", "file");
      equal("by id", await history.get("a.txt", id), undefined);
      equal("contents", await history.contentsAt(snapshot, "a.txt", "b.txt"), [undefined, "one"]);
      equal("keys", await history.keysAt(snapshot), ["b.txt"]);
      const changes = await history.changes("", (await history.newest("b.txt")).id);
      equal("changes", [...new Set(changes.map(({ key }) => files.below(key)))], ["b.txt"]);
      await history.isUnknown({ version: id });
    },
  },
  {
    id: "history/erase/new-history",
    rule: "A file that is created after it was erased begins a new history.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.write("a.txt", "one");
      await t.write("a.txt", "two");
      const { id } = await history.newest("a.txt");
      await history.erase("a.txt", "all");
      await t.as({ kind: "write" }).write("a.txt", "two");
      await t.as({ kind: "edit" }).write("a.txt", "three");
      equal("kinds", await history.kinds("a.txt"), ["edit", "create"]);
      equal("contents", await history.contents("a.txt"), ["two", "three"]);
      equal("the erased version", await history.get("a.txt", id), undefined);
    },
  },
  {
    id: "history/erase/before",
    rule: "With `before`, versions that were replaced or deleted before that time are erased, and files are kept: the versions after it, and current ones of any age, stay.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.fill(["d/a", "d/old", "d/gone", "e"], "one");
      await clock.tick();
      await files.fill(["d/a", "e"], "two");
      await files.delete("d/gone", "file");
      const { next } = await clock.tick();
      await files.fill(["d/a", "e"], "three");
      await files.write("d/gone-later", "one");
      await files.delete("d/gone-later", "file");
      equal("answer", await history.erase("d", "descendants", next), { files: 0, versions: 2 });
      equal("keys", await files.keys(), ["d/a", "d/old", "e"]);
      const expected = {
        "d/a": ["two", "three"],
        "d/old": ["one"],
        "d/gone": [],
        "d/gone-later": ["one", undefined],
        e: ["one", "two", "three"],
      };
      for (const [name, contents] of Object.entries(expected))
        equal(`contents of ${name}`, await history.contents(name), contents);
      equal("answer", await history.erase("d", "descendants", next), { files: 0, versions: 0 });
    },
  },
];
