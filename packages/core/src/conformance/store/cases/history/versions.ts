import type { Author } from "../../../../store/origin.js";
import { newWriteId } from "../../../../store/write-ids.js";
import { check, equal } from "../../../assert.js";
import { utf8 } from "../../../cases/fixtures.js";
import type { StoreContext } from "../../context.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { manyNames } from "../fixtures.js";

const BOB: Author = { thread: "t-1", checkpoint: "1f0-a", agent: "writer", user: "bob" };
const EVE: Author = { thread: "t-2", user: "eve" };

/** Authors as core passes them to a store. */
const AUTHORS: Readonly<Record<string, Author>> = {
  full: BOB,
  partial: { agent: "writer" },
  awkward: {
    thread: "a \"b\" 'c' \\ %41",
    checkpoint: "\u{1f600} caf\u00e9 \u2028",
    agent: " ",
    user: "{}\n,;=",
  },
  // Core allows 128 bytes for each part.
  longest: {
    thread: "\u00e9".repeat(64),
    checkpoint: "c".repeat(128),
    agent: "\uffff".repeat(42),
    user: '"'.repeat(128),
  },
};

/** Makes four versions of a file. */
async function fourVersions(t: StoreContext, name: string): Promise<void> {
  for (const content of ["one", "two", "three", "four"]) await t.write(name, content);
}

/** Tests which changes are recorded, and with what. */
export const versionCases: readonly StoreRule[] = [
  {
    id: "history/versions/each-change",
    rule: "Each change of a file is an entry, newest first, with its kind and size: a write of a file that does not exist is `create`, and a deletion has no size.",
    needs: "history",
    async run(t) {
      await t.as({ kind: "write" }).write("a.txt", "one");
      await t.as({ kind: "edit" }).swap(await t.file("a.txt"), "one \u00e9");
      await t.as({ kind: "write" }).write("a.txt", "two");
      await t.as({ kind: "upload" }).write("a.txt", utf8("upload"));
      await t.as({ kind: "delete" }).delete("a.txt", "file");
      await t.as({ kind: "write" }).write("a.txt", "again");
      await t.as({ kind: "delete" }).delete("a.txt", "file");
      await t.as({ kind: "upload" }).write("a.txt", "");
      await t.as({ kind: "delete" }).delete("a.txt", "all");
      await t.as({ kind: "restore" }).write("a.txt", "one");
      const entries = await new HistoryContext(t).versions("a.txt");
      const got = entries.map(({ kind, size }) => [kind, size]);
      const expected: readonly (readonly [string, number | undefined])[] = [
        ["restore", 3],
        ["delete", undefined],
        ["upload", 0],
        ["delete", undefined],
        ["create", 5],
        ["delete", undefined],
        ["upload", 6],
        ["write", 3],
        ["edit", 6],
        ["create", 3],
      ];
      const isKnown = (i: number) => t.capabilities.exactSizes || got[i]?.[1] !== undefined;
      equal(
        "kinds and sizes",
        got,
        expected.map(([kind, size], i) => [kind, isKnown(i) ? size : undefined]),
      );
    },
  },
  {
    id: "history/versions/own-file",
    rule: "The versions of a file are not those of others whose names begin or look alike.",
    needs: "history",
    async run(t) {
      const names = ["a", "a.txt", "a_txt", "A.txt", "a.txt2", "a.tx", "d/a.txt", "d/d/a.txt"];
      await t.fill(names);
      await t.write("a.txt", "two");
      const history = new HistoryContext(t);
      for (const name of names) {
        equal(`versions of ${name}`, (await history.versions(name)).length, name === "a.txt" ? 2 : 1);
      }
      for (const name of ["no", "d", "d/"]) equal(`versions of ${name}`, await history.versions(name), []);
    },
  },
  {
    id: "history/versions/no-origin",
    rule: "A change without an origin, like that of another program, is `create`, `write` or `delete`, and has no author.",
    needs: "history",
    async run(t) {
      await t.as({ kind: "upload", by: BOB }).write("a.txt", "one");
      await t.write("a.txt", "two");
      await t.delete("a.txt", "file");
      await t.write("a.txt", "three");
      const entries = await new HistoryContext(t).versions("a.txt");
      equal(
        "kinds and authors",
        entries.map(({ kind, by }) => [kind, by]),
        [
          ["create", undefined],
          ["delete", undefined],
          ["write", undefined],
          ["upload", BOB],
        ],
      );
    },
  },
  ...Object.entries(AUTHORS).map(
    ([name, by]): StoreRule => ({
      id: `history/author/${name}`,
      rule: "A version has the author that was given, part by part and character by character.",
      needs: "history",
      async run(t) {
        await t.as({ kind: "write", by }).write("a.txt", "one");
        await t.as({ kind: "edit", by: EVE }).swap(await t.file("a.txt"), "two");
        await t.as({ kind: "upload", by }).write("a.txt", utf8("three"));
        const entries = await new HistoryContext(t).versions("a.txt");
        equal(
          "authors",
          entries.map((entry) => entry.by),
          [by, EVE, by],
        );
      },
    }),
  ),
  {
    id: "history/author/of-a-deletion",
    rule: "A deletion has its own author, not that of the deleted version; so has each file that is deleted with a directory.",
    needs: ["history", "deletionAuthors"],
    async run(t) {
      const names = ["d", "e/a.txt", "e/f/b.txt"];
      for (const name of [...names, "e0"]) await t.as({ kind: "write", by: EVE }).write(name, "one");
      await t.as({ kind: "delete", by: BOB }).delete("d", "file");
      await t.as({ kind: "delete", by: BOB }).delete("e", "all");
      const history = new HistoryContext(t);
      for (const name of names) {
        const entries = await history.versions(name);
        equal(
          `changes of ${name}`,
          entries.map(({ kind, by }) => [kind, by]),
          [
            ["delete", BOB],
            ["create", EVE],
          ],
        );
      }
      equal("changes of e0", await history.kinds("e0"), ["create"]);
    },
  },
  {
    id: "history/versions/times",
    rule: "Times are those of the service's clock.",
    needs: ["history", "clock"],
    async run(t) {
      const before = await t.store.clock(t.options);
      await t.write("a.txt", "one");
      await t.delete("a.txt", "file");
      const after = await t.store.clock(t.options);
      for (const { at } of await new HistoryContext(t).versions("a.txt")) {
        const isWithin =
          at.getTime() >= before.now.getTime() - before.toleranceMs &&
          at.getTime() <= after.now.getTime() + after.toleranceMs;
        const expected = `between ${before.now.toISOString()} and ${after.now.toISOString()}`;
        check(isWithin, "time of a change", expected, at);
      }
    },
  },
  {
    id: "history/versions/current",
    rule: "`current` is the version of the stored file, at the newest entry; after a deletion no entry has it.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.write("a.txt", "one");
      const { version } = await t.write("a.txt", "two");
      equal(
        "current",
        (await history.versions("a.txt")).map(({ current }) => current),
        [version, undefined],
      );
      await t.delete("a.txt", "file");
      equal(
        "current",
        (await history.versions("a.txt")).filter((entry) => "current" in entry && entry.current),
        [],
      );
    },
  },
  {
    id: "history/versions/pages",
    rule: "Pages of any size, each starting before the last entry of the one before, have every entry once.",
    needs: "history",
    async run(t) {
      await fourVersions(t, "a.txt");
      await t.delete("a.txt", "file");
      await fourVersions(t, "a.txt");
      const history = new HistoryContext(t);
      const all = await history.versions("a.txt");
      equal("number of versions", all.length, 9);
      for (const limit of [1, 2, 3, 4, 8, 9]) {
        const pages = [await history.versions("a.txt", limit)];
        while (pages.at(-1)!.length > 0)
          pages.push(await history.versions("a.txt", limit, pages.at(-1)!.at(-1)!.id));
        const sizes = pages.slice(0, -1).map((page) => page.length);
        equal(`entries in pages of ${limit}`, pages.flat(), all);
        check(Math.max(...sizes) === limit, `pages of ${limit}`, "a full one", sizes);
      }
      equal("before the first version", await history.versions("a.txt", 10, all.at(-1)!.id), []);
      equal("before an unknown one", await history.versions("a.txt", 10, "unknown"), []);
    },
  },
  {
    id: "history/versions/another-instance",
    rule: "The history is in the storage: another instance knows the same versions, by the same ids.",
    needs: "history",
    async run(t) {
      const other = await t.open();
      await fourVersions(t, "a.txt");
      await t.write("a.txt", "five", other);
      equal(
        "versions",
        await new HistoryContext(t, other).versions("a.txt"),
        await new HistoryContext(t).versions("a.txt"),
      );
      equal("contents", await new HistoryContext(t, other).contents("a.txt"), [
        "one",
        "two",
        "three",
        "four",
        "five",
      ]);
    },
  },
  {
    id: "history/versions/ids-stay",
    rule: "An id stays that of its version whatever happens to the file later, and no later version gets it.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.write("a.txt", "one");
      const { id } = await history.newest("a.txt");
      await t.write("a.txt", "two");
      await t.delete("a.txt", "file");
      await fourVersions(t, "a.txt");
      await t.delete("a.txt", "all");
      await t.write("a.txt", "one");
      equal("content", (await history.get("a.txt", id))?.content, "one");
      const ids = (await history.versions("a.txt")).map((entry) => entry.id);
      equal("place of the id", ids.indexOf(id), ids.length - 1);
    },
  },
  ...(["overwrite", "file"] as const).map(
    (when): StoreRule => ({
      id: `history/equal-content/${when}`,
      rule: "A change that leaves the content as it is makes no version: the entry stays, with its author, and is the current one.",
      needs: "history",
      async run(t) {
        const history = new HistoryContext(t);
        for (const content of ["text \u00e9", utf8("bytes"), "", "x".repeat(2_000_000)]) {
          await t.as({ kind: "write", by: BOB }).write("a.txt", content);
          const before = await history.versions("a.txt");
          const as = t.as({ kind: "upload", by: EVE });
          if (when === "overwrite") await as.write("a.txt", content);
          else await as.swap(await t.file("a.txt"), content);
          const { version } = await t.file("a.txt");
          const expected = before.map((entry, i) => (i === 0 ? { ...entry, current: version } : entry));
          equal("entries", await history.versions("a.txt"), expected);
        }
      },
    }),
  ),
  {
    id: "history/equal-content/after-others",
    rule: "Content that was stored before, but is not now, makes a version; so does content that is stored again after a deletion.",
    needs: "history",
    async run(t) {
      for (const content of ["one", "two", "one"]) await t.write("a.txt", content);
      await t.delete("a.txt", "file");
      await t.write("a.txt", "one");
      await t.write("a.txt", "one");
      const history = new HistoryContext(t);
      equal("kinds", await history.kinds("a.txt"), ["create", "delete", "write", "write", "create"]);
      equal("contents", await history.contents("a.txt"), ["one", "two", "one", undefined, "one"]);
    },
  },
  {
    id: "history/equal-content/text-and-bytes",
    rule: "Text and the bytes of its UTF-8 are different contents: one after the other makes a version.",
    needs: "history",
    async run(t) {
      for (const content of ["one", utf8("one"), "one"]) await t.write("a.txt", content);
      equal("contents", await new HistoryContext(t).contents("a.txt"), ["one", utf8("one"), "one"]);
    },
  },
  {
    id: "history/put/refused",
    rule: "A refused change makes no version.",
    needs: "history",
    async run(t) {
      const old = await t.write("a.txt", "one");
      await t.write("a.txt", "two");
      const changes = [
        t.change("a.txt", "three"),
        t.change("a.txt", "three", old),
        t.change("b.txt", "x", { ...old, key: t.at("b.txt") }),
      ];
      for (const change of changes) equal("done", (await t.put(change)).done, false);
      const history = new HistoryContext(t);
      equal("contents", await history.contents("a.txt"), ["one", "two"]);
      equal("versions of b.txt", await history.versions("b.txt"), []);
    },
  },
  {
    id: "history/put/again",
    rule: "A change that is sent again with the same id, by any instance and after others, makes one version.",
    needs: "history",
    async run(t) {
      const other = await t.open();
      const first = t.change("a.txt", "one", "create", newWriteId());
      const second = t.change("a.txt", "two", "overwrite", newWriteId());
      for (const store of [t.store, other]) await t.made([first], store);
      for (const store of [t.store, other]) await t.made([second], store);
      await t.write("a.txt", "three");
      for (const change of [first, second]) await t.made([change]);
      equal("contents", await new HistoryContext(t).contents("a.txt"), ["one", "two", "three"]);
    },
  },
  {
    id: "history/put/batch",
    rule: "Each file of a batch has a version of its own, all with the author of the batch.",
    needs: "history",
    async run(t) {
      const names = manyNames(30);
      await t.as({ kind: "upload", by: BOB }).fill(names, "one");
      const history = new HistoryContext(t);
      for (const name of names) {
        const { kind, by } = await history.newest(name);
        equal(`entry of ${name}`, [kind, by, await history.contents(name)], ["upload", BOB, ["one"]]);
      }
    },
  },
  {
    id: "history/delete/nothing",
    rule: "Deleting what does not exist makes no entry, however often.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.delete("a.txt", "all");
      equal("entries", await history.versions("a.txt"), []);
      await t.write("a.txt", "one");
      for (let i = 0; i < 3; i++) await t.delete("a.txt", i === 1 ? "all" : "file");
      equal("kinds", await history.kinds("a.txt"), ["delete", "create"]);
    },
  },
];
