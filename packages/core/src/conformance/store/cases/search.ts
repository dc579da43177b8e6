import { RemoteBackendError } from "../../../support/errors.js";
import { findLines } from "../../../text/find-lines.js";
import { check, equal, show } from "../../assert.js";
import { ALL_BYTES, INVALID_UTF8, sorted, utf8 } from "../../cases/fixtures.js";
import { isOfOneFile, type StoreContext, shown } from "../context.js";
import type { StoreRule } from "../options.js";
import { AWKWARD_TEXTS, randomNumbers } from "./fixtures.js";

/** Literals that query languages, regular expressions or encodings interpret differently. */
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  wildcards: ["%", "_", "a_c", "a%c", "*", "?", "[z]"],
  "regular-expressions": ["a.c", "^one", "end$", "$&", "(x|y)", "{2}", "\\d", "w+"],
  escapes: ["\\", "\\n", "\\\\", "\\u0061", "&amp;", "%61"],
  quotes: ["'", '"', "''", "`", '","', '["', "--", ";"],
  controls: ["\r", "\t", " ", "\u0001", "\0", "a\0b"],
  unicode: ["\ufeff", "\u2028", "\u{1f600}", "caf\u00e9", "cafe\u0301", "\uffff"],
  words: ["one", "ONE", "ab", "a", "x".repeat(300)],
};

/** Computes the expected result of a search by `list`, `get` and `findLines`. */
async function expected(t: StoreContext, literal: string): Promise<string[]> {
  const names = await t.keys();
  const answers = await t.store.get(
    names.map((name) => t.at(name)),
    t.options,
  );
  return answers.flatMap((file, i) => {
    if (!file || RemoteBackendError.is(file) || typeof file.content !== "string") return [];
    return [...findLines(file.content, literal)].map(shown(names[i]!));
  });
}

/** Compares the store's own search with its specification. */
export const searchCases: readonly StoreRule[] = [
  {
    id: "search/answer/one-item-a-file",
    rule: "There is one item for each file with matches, with line numbers from 1 and whole lines without newlines.",
    needs: "search",
    async run(t) {
      await t.write("a.txt", "no\n  x and x \n\nx");
      await t.write("b.txt", "nothing\n");
      await t.write("d/c.txt", "x\n");
      equal("found", await t.search("x"), [
        {
          key: "a.txt",
          lines: [
            { line: 2, text: "  x and x " },
            { line: 4, text: "x" },
          ],
        },
        { key: "d/c.txt", lines: [{ line: 1, text: "x" }] },
      ]);
      equal("nothing found", await t.search("nowhere"), []);
    },
  },
  ...Object.entries(LITERALS).map(
    ([name, literals]): StoreRule => ({
      id: `search/literal/${name}`,
      rule: "A literal stands for itself, even if it is a pattern elsewhere: the lines are those found by list, get and a plain search.",
      needs: "search",
      async run(t) {
        for (const [file, text] of Object.entries(AWKWARD_TEXTS)) await t.write(`${file}.txt`, text);
        for (const literal of literals) {
          await t.write("itself.txt", `abc a1c\nx${literal}y\n${literal}\nONE Caf\u00e9`);
          await t.write("twice.txt", `${literal}${literal}\r\n\n${literal.toUpperCase()}`);
          const found = await t.found(literal);
          const what = `lines with ${show(literal)}`;
          equal(what, found, await expected(t, literal));
          check(found.length >= 2, what, "those of itself.txt at least", found);
        }
      },
    }),
  ),
  {
    id: "search/literal/empty",
    rule: "The empty literal is in every line, also in blank ones; an empty file has none.",
    needs: "search",
    async run(t) {
      for (const [name, text] of Object.entries(AWKWARD_TEXTS)) await t.write(`${name}.txt`, text);
      equal("found", await t.found(""), await expected(t, ""));
    },
  },
  {
    id: "search/random/equals-list-and-get",
    rule: "Over random texts of awkward characters a search finds what list, get and a plain search find.",
    needs: "search",
    async run(t) {
      const random = randomNumbers(42);
      const pick = <T>(from: ArrayLike<T>): T => from[Math.floor(random() * from.length)]!;
      const alphabet = [..."aaabB\\%_'\"\n\n\r\0{}[],:\u00e9e\u0301\u{1f600}\u{1f601}\uffff \t"];
      const text = (length: number) => Array.from({ length }, () => pick(alphabet)).join("");
      const texts = Array.from({ length: 60 }, () => text(Math.floor(random() * 80)));
      await t.made(
        texts.map((content, i) =>
          t.change(`${String(i).padStart(3, "0")}${i % 2 ? ".txt" : ""}`, content, "overwrite"),
        ),
      );
      for (let i = 0; i < t.scaled(60); i++) {
        const cut = [...pick(texts)];
        const from = Math.floor(random() * cut.length);
        const literal = i % 4 === 0 ? text(2) : cut.slice(from, from + 1 + Math.floor(random() * 5)).join("");
        if (literal.includes("\n")) continue;
        equal(`lines with ${show(literal)}`, await t.found(literal), await expected(t, literal));
      }
    },
  },
  {
    id: "search/scope/prefix",
    rule: "The prefix is a string prefix, like that of a listing: it may end inside a name, and is not a pattern.",
    needs: "search",
    async run(t) {
      const names = ["a_b/x", "a_b2", "a_bc.txt", "axb/x", "d/a_b"];
      await t.fill(names);
      equal("a_b", await t.found("x", { prefix: "a_b" }), ["a_b/x:1:x", "a_b2:1:x", "a_bc.txt:1:x"]);
      equal("a_b/", await t.found("x", { prefix: "a_b/" }), ["a_b/x:1:x"]);
      equal("no", await t.found("x", { prefix: "no" }), []);
    },
  },
  {
    id: "search/scope/accept",
    rule: "Only what `accept` accepts is searched.",
    needs: "search",
    async run(t) {
      await t.fill(["a.md", "a.txt", "d/b.md", "d/b.txt"]);
      const found = await t.found("x", { accept: (name) => name.endsWith(".md") });
      equal("found", found, ["a.md:1:x", "d/b.md:1:x"]);
      equal("found", await t.found("x", { accept: () => false }), []);
    },
  },
  {
    id: "search/scope/text-only",
    rule: "Bytes are not searched, even if they contain the words.",
    needs: "search",
    async run(t) {
      await t.write("a.png", utf8("x\n"));
      await t.write("b.bin", ALL_BYTES);
      await t.write("c.txt", INVALID_UTF8.impossible!);
      await t.write("data", utf8("a\0x\n"));
      await t.write("z.txt", "a x\n");
      equal("found", await t.found("a"), ["z.txt:1:a x"]);
      equal("found", await t.found("x"), ["z.txt:1:a x"]);
    },
  },
  {
    id: "search/order/keys",
    rule: "Files come in code-point order of their keys, large and small, text with NUL and without.",
    needs: "search",
    async run(t) {
      const names = ["\u{1f600}", "\uffe3", "a", "B", "d/\u{1f600}", "d/\uffe3", "d-/x", "d.x"];
      await t.fill(names, "x\n");
      await t.write("a0", `\0x\n`);
      await t.write("a1", "x\n".repeat(100_000));
      const order = sorted([...names, "a0", "a1"]);
      const keys = (await t.search("x", { limit: 200_000 })).map(({ key }) => key);
      equal("keys", keys, order);
    },
  },
  {
    id: "search/limit/first-lines",
    rule: "A search gives at least the lines that `limit` asks for, where there are as many, and the first ones.",
    needs: "search",
    async run(t) {
      await t.made(
        Array.from({ length: 40 }, (_, i) =>
          t.change(`${100 + i}.txt`, "x\n".repeat((i % 5) + 1), "overwrite"),
        ),
      );
      const all = await expected(t, "x");
      for (const limit of [1, 2, 3, 7, 20, 119, 120, 500]) {
        const found = await t.found("x", { limit });
        check(
          found.length >= Math.min(limit, all.length),
          `lines for ${limit}`,
          `${limit} at least`,
          found.length,
        );
        equal(`lines for ${limit}`, found.slice(0, limit), all.slice(0, limit));
      }
    },
  },
  {
    id: "search/limit/many-files",
    rule: "Matches after more than 1,000 files without any are found.",
    needs: "search",
    async run(t) {
      await t.fill(Array.from({ length: 1_050 }, (_, i) => `d/${10_000 + i}.txt`));
      await t.write("d/99999.txt", "y\nx y\n");
      equal("found", await t.found("y"), ["d/99999.txt:1:y", "d/99999.txt:2:x y"]);
    },
  },
  {
    id: "search/large/text",
    rule: "A text of 5 MB is searched to its end.",
    needs: "search",
    async run(t) {
      await t.write("a.txt", `${"filler \u00e9\n".repeat(500_000)}needle`);
      await t.write("b.txt", "needle\n");
      equal("found", await t.found("needle"), ["a.txt:500001:needle", "b.txt:1:needle"]);
    },
  },
  {
    id: "search/large/one-line",
    rule: "A matching line of 6 MB is found, whole or cut around the literal, and so are the lines after it.",
    needs: "search",
    async run(t) {
      const half = "filler ".repeat(450_000);
      await t.write("a.txt", `needle 1\n${half}needle 2${half}\nneedle 3\n`);
      await t.write("b.txt", "needle 4\n");
      const found = await t.search("needle");
      const lines = found.map(({ key, lines }) => [key, lines.map(({ line }) => line)]);
      equal("lines", lines, [
        ["a.txt", [1, 2, 3]],
        ["b.txt", [1]],
      ]);
      const text = found[0]?.lines[1]?.text;
      check(text?.includes("needle 2") === true, "text of the long line", "the literal", text?.slice(0, 200));
    },
  },
  {
    id: "search/unreadable/skipped-and-reported",
    rule: "An unreadable file is reported by an item with an error, in key order; all others are searched.",
    needs: ["search", "unreadable"],
    async run(t) {
      await t.fill(["a.txt", "b.txt", "c.txt"], "needle\n");
      await t.makeUnreadable("b.txt");
      const found = await t.search("needle");
      equal(
        "items",
        found.map(({ key, lines, error }) => [key, lines.length, isOfOneFile(error)]),
        [
          ["a.txt", 1, false],
          ["b.txt", 0, true],
          ["c.txt", 1, false],
        ],
      );
    },
  },
  {
    id: "search/sees/changes-at-once",
    rule: "A search finds content written before it, and none deleted or replaced before it, by any instance.",
    needs: "search",
    async run(t) {
      const other = await t.open();
      await t.write("a.txt", "one x\n", other);
      equal("found", await t.found("x"), ["a.txt:1:one x"]);
      await t.swap(await t.file("a.txt", other), "two x\n", undefined, other);
      equal("found", await t.found("x"), ["a.txt:1:two x"]);
      await other.delete(t.at("a.txt"), { ...t.options, scope: "file" });
      equal("found", await t.found("x"), []);
    },
  },
  {
    id: "search/stop/early",
    rule: "A caller may stop pulling; the store continues to work.",
    needs: "search",
    async run(t) {
      await t.fill(Array.from({ length: 50 }, (_, i) => `${i}.txt`));
      for (let i = 0; i < 20; i++) equal("found", (await t.search("x", { limit: 1 })).length, 1);
      await t.write("z.txt", "y\n");
      equal("found", await t.found("y"), ["z.txt:1:y"]);
    },
  },
];
