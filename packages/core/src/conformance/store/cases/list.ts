import { check, equal } from "../../assert.js";
import { ALL_BYTES, sorted } from "../../cases/fixtures.js";
import type { StoreRule } from "../options.js";

const TREE = ["a.txt", "d-1/x.txt", "d.txt", "d/a.txt", "d/e/b.txt", "d/e/f/c.txt", "d0.txt", "e.txt"];

/** Tests the entries of a listing and their order. Paging is tested in list-pages.ts. */
export const listCases: readonly StoreRule[] = [
  {
    id: "list/recursive/everything-below",
    rule: "A recursive listing shows every file under the prefix, at any depth, and no directories.",
    async run(t) {
      await t.fill(TREE);
      equal("keys", await t.keys(), sorted(TREE));
      equal("keys in d", await t.keys("d/"), ["d/a.txt", "d/e/b.txt", "d/e/f/c.txt"]);
    },
  },
  {
    id: "list/rolled-up/children",
    rule: "A listing that is not recursive shows files up to the next `/`, and each directory once, with a slash.",
    async run(t) {
      await t.fill(TREE);
      equal(
        "root",
        await t.keys("", { recursive: false }),
        sorted(["a.txt", "d-1/", "d.txt", "d/", "d0.txt", "e.txt"]),
      );
      equal("d", await t.keys("d/", { recursive: false }), ["d/a.txt", "d/e/"]);
      equal("d/e", await t.keys("d/e/", { recursive: false }), ["d/e/b.txt", "d/e/f/"]);
    },
  },
  {
    id: "list/rolled-up/of-a-name",
    rule: "Without a trailing slash the prefix is one of names: directories after it are rolled up.",
    async run(t) {
      await t.fill(TREE);
      const keys = await t.keys("d", { recursive: false });
      equal("keys", keys, sorted(["d-1/", "d.txt", "d/", "d0.txt"]));
    },
  },
  {
    id: "list/prefix/in-a-name",
    rule: "The prefix is a string prefix: it may end inside a name, and may be a whole key.",
    async run(t) {
      await t.fill(["ab.txt", "abc.txt", "abc/d.txt", "abd.txt", "b/abc.txt"]);
      equal("abc", await t.keys("abc"), ["abc.txt", "abc/d.txt"]);
      equal("abc.txt", await t.keys("abc.txt"), ["abc.txt"]);
    },
  },
  {
    id: "list/prefix/nothing",
    rule: "A prefix that no key starts with gives an empty listing, not an error.",
    async run(t) {
      await t.write("a.txt", "x");
      equal("recursive", await t.keys("no/"), []);
      equal("rolled up", await t.keys("no/", { recursive: false }), []);
      equal("of a file as a directory", await t.keys("a.txt/"), []);
    },
  },
  {
    id: "list/prefix/last-character",
    rule: "A prefix may end in the last code point, which has no successor.",
    async run(t) {
      await t.fill(["\u{10ffff}", "\u{10ffff}a", "\u{10fffe}"]);
      equal("keys", await t.keys("\u{10ffff}"), ["\u{10ffff}", "\u{10ffff}a"]);
    },
  },
  {
    id: "list/order/code-points",
    rule: "Keys are in code-point order, which is that of their UTF-8 bytes: astral characters are last.",
    async run(t) {
      const names = ["\u{1f600}", "\uffe3", "\ud7ff", "\ue000", "a", "B", "_", "\u00e9", "e\u0301", "~", "!"];
      await t.fill(names);
      equal("recursive", await t.keys(), sorted(names));
      equal("rolled up", await t.keys("", { recursive: false }), sorted(names));
    },
  },
  {
    id: "list/order/directories",
    rule: "A directory stands where its key with the slash belongs: behind `d-` and `d.`, before `d0`.",
    async run(t) {
      await t.fill(["d!", "d-/x", "d.", "d/x", "d0", "d00/x"]);
      equal("recursive", await t.keys(), ["d!", "d-/x", "d.", "d/x", "d0", "d00/x"]);
      equal("rolled up", await t.keys("", { recursive: false }), ["d!", "d-/", "d.", "d/", "d0", "d00/"]);
    },
  },
  {
    id: "list/sizes/exact-or-none",
    rule: "A size is the content's size in bytes, whichever instance stored it; a store that does not know it omits it.",
    async run(t) {
      const bytes = { "bytes.png": 256, "empty.txt": 0, "long.txt": 20_000, "text.txt": 8 };
      const other = await t.open();
      await t.write("bytes.png", ALL_BYTES);
      await t.write("empty.txt", "", other);
      await t.write("long.txt", "\u00e9\n".repeat(5_000) + "x".repeat(5_000), other);
      await t.write("text.txt", "\u00e9\u{1f600}\r\n");
      for (const { key, size = bytes[key as keyof typeof bytes] } of await t.entries()) {
        equal(`size of ${key}`, size, bytes[key as keyof typeof bytes]);
      }
    },
  },
  {
    id: "list/sizes/exact",
    rule: "Sizes are the content's bytes: of text its UTF-8, of an empty file 0.",
    needs: "exactSizes",
    async run(t) {
      await t.write("bytes.png", ALL_BYTES);
      await t.write("empty.txt", "");
      await t.write("nul.txt", "a\0");
      await t.write("text.txt", "\u00e9\u{1f600}\r\n");
      const sizes = (await t.entries()).map(({ key, size }) => `${key} ${size}`);
      equal("sizes", sizes, ["bytes.png 256", "empty.txt 0", "nul.txt 2", "text.txt 8"]);
    },
  },
  {
    id: "list/versions/same-as-of-get",
    rule: "The version in a listing is the one that `get` answers with, and follows each write.",
    async run(t) {
      for (let file = await t.write("a.txt", "0"), i = 1; i < 4; i++) {
        const [entry] = await t.entries("a.txt");
        if (entry?.version !== undefined) equal("version", entry.version, file.version);
        file = await t.swap(file, String(i));
      }
    },
  },
  {
    id: "list/sees/changes-at-once",
    rule: "A listing contains files created before it, and none deleted before it, by any instance.",
    async run(t) {
      const other = await t.open();
      await t.write("a.txt", "x", other);
      await t.write("d/b.txt", "x", other);
      equal("keys", await t.keys(), ["a.txt", "d/b.txt"]);
      await other.delete(t.at("d"), { ...t.options, scope: "descendants" });
      equal("keys", await t.keys(), ["a.txt"]);
      equal("directories", await t.keys("", { recursive: false }), ["a.txt"]);
    },
  },
  {
    id: "list/path-conflicts/both-shown",
    rule: "Where a file and a directory of one name can both be stored, both are listed.",
    needs: "fileAndDirectory",
    async run(t) {
      await t.fill(["d", "d/f"]);
      const keys = await t.keys("", { recursive: false });
      equal("keys", keys, ["d", "d/"]);
      check((await t.keys()).length === 2, "files", "both", await t.keys());
    },
  },
];
