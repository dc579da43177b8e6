import { check, equal, refuses } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { isTime, utf8 } from "../fixtures.js";
import { CaseHistory } from "./case-history.js";

/** Tests what `history` lists. */
export const recordedCases: readonly ConformanceCase[] = [
  {
    id: "history/recorded/each-change",
    rule: "Each change is an entry with its kind, size and time, newest first; the stored version alone is `current`.",
    source: "ours",
    needs: ["history", "delete", "transfer"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/d/a.txt", "one");
      await t.edit("/d/a.txt", "one", "one \u00e9");
      await t.upload(["/d/a.txt", utf8("uploaded")]);
      await t.backend.delete(t.at("/d/a.txt"));
      await t.write("/d/a.txt", "again");
      const entries = await history.versions("/d/a.txt");
      const expected: readonly (readonly [string, number | undefined, true | undefined])[] = [
        ["create", 5, true],
        ["delete", undefined, undefined],
        ["upload", 8, undefined],
        ["edit", 6, undefined],
        ["create", 3, undefined],
      ];
      equal(
        "entries",
        entries.map(({ kind, size, current }) => [kind, size, current]),
        expected.map(([kind, size, current], i) => {
          const isKnown = t.capabilities.exactSizes || entries[i]?.size !== undefined;
          return [kind, isKnown ? size : undefined, current];
        }),
      );
      entries.forEach((entry, i) => {
        equal("path", entry.path, "/d/a.txt");
        isTime(t, "time of a version", entry.time);
        const newer = entries[i - 1];
        check(
          !newer || entry.time <= newer.time,
          "times",
          "none later than that of a newer version",
          entries,
        );
      });
      equal("ids", new Set(entries.map(({ version }) => version)).size, entries.length);
    },
  },
  {
    id: "history/recorded/replacement",
    rule: "A `write` that replaces a file is recorded as `write`, and the replaced version is kept.",
    source: "ours",
    needs: "history",
    unless: "createOnly",
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "one");
      await t.write("/a.txt", "two");
      equal("kinds", await history.kinds("/a.txt"), ["write", "create"]);
      equal("contents", await history.contents("/a.txt"), ["one", "two"]);
    },
  },
  {
    id: "history/recorded/refused",
    rule: "A refused operation, and one that leaves the content as it is, makes no version.",
    source: "ours",
    needs: ["history", "transfer"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "one");
      await t.upload(["/a.txt", utf8("one")]);
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "absent", "x"));
      refuses("edit", await t.backend.edit(t.at("/b.txt"), "one", "x"));
      if (t.capabilities.createOnly) refuses("write", await t.backend.write(t.at("/a.txt"), "two"));
      if (t.capabilities.idempotentWrites) await t.write("/a.txt", "one");
      equal("versions of a.txt", (await history.versions("/a.txt")).length, 1);
      equal("versions of b.txt", await history.versions("/b.txt"), []);
      equal("current", (await history.newest("/a.txt")).current, true);
    },
  },
  {
    id: "history/recorded/deleted-directory",
    rule: "Each file that is deleted with its directory has an entry of its own, and its versions stay.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/d/a.txt", "/d/e/b.txt", "/d0.txt"]);
      await t.backend.delete(t.at("/d"));
      for (const path of ["/d/a.txt", "/d/e/b.txt"])
        equal(`contents of ${path}`, await history.contents(path), ["x\n", undefined]);
      equal("contents of d0.txt", await history.contents("/d0.txt"), ["x\n"]);
    },
  },
  {
    id: "history/recorded/pages",
    rule: "Pages of any size have every version once, and only the last has no `next`.",
    source: "ours",
    needs: "history",
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "0");
      for (let i = 0; i < 6; i++) await t.edit("/a.txt", String(i), String(i + 1));
      const all = await history.versions("/a.txt");
      equal("number of versions", all.length, 7);
      for (const limit of [1, 2, 3, 6, 7, 8])
        equal(`pages of ${limit}`, await history.versions("/a.txt", limit), all);
    },
  },
  {
    id: "history/recorded/missing",
    rule: "A file that never existed has no versions, which is no error; neither has a directory.",
    source: "ours",
    needs: "history",
    async run(t) {
      await t.write("/d/a.txt", "x");
      for (const path of ["/no.txt", "/d", "/d/a", "/d/a.txt.bak"])
        equal(`versions of ${path}`, await new CaseHistory(t).versions(path), []);
    },
  },
  {
    id: "history/recorded/input",
    rule: "Strange arguments are answered with an error, never with an exception or an empty history.",
    source: "ours",
    needs: "history",
    async run(t) {
      await t.write("/a.txt", "x");
      const path = t.at("/a.txt");
      for (const limit of [0, -1, 1.5, Number.NaN, 1_001, "1" as never])
        refuses(`history with the limit ${limit}`, await t.backend.history(path, { limit }));
      for (const thread of [null, "", 1, {}, "\0"] as never[])
        refuses(`changes of the thread ${thread}`, await t.backend.changes({ thread }));
      const { error = "" } = await t.backend.readVersion(path, "x".repeat(100_000));
      check(
        error !== "" && error.length < 1_000,
        "readVersion of a very long id",
        "a short error",
        error.slice(0, 1_000),
      );
      for (const version of [undefined, null, "", 1, {}] as never[]) {
        refuses(`readVersion of ${version}`, await t.backend.readVersion(path, version));
        refuses(`restore of ${version}`, await t.backend.restore(path, version));
        refuses(`diff from ${version}`, await t.backend.diff(path, version));
      }
      for (const wrong of [`${path}/`, "", "/../a.txt"])
        refuses(`history of ${wrong}`, await t.backend.history(wrong));
      for (const point of [undefined, "now", new Date(Number.NaN), {}, { thread: "t" }] as never[])
        refuses(`rewind to ${String(point)}`, await t.backend.rewind(point));
      refuses("erase", await t.backend.erase(path, { before: "now" as never }));
      await t.holds("/a.txt", "x");
    },
  },
  {
    id: "history/recorded/another-instance",
    rule: "The history is in the storage: another instance knows the same versions.",
    source: "ours",
    needs: "history",
    async run(t) {
      await t.write("/a.txt", "one");
      const other = await t.open();
      await other.edit(t.at("/a.txt"), "one", "two");
      const expected = await new CaseHistory(t).versions("/a.txt");
      equal("versions", await new CaseHistory(t, other).versions("/a.txt"), expected);
      equal("contents", await new CaseHistory(t, other).contents("/a.txt"), ["one", "two"]);
    },
  },
];
