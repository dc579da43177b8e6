import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { INVALID_UTF8, needsRoom, PNG, sorted, utf8 } from "./fixtures.js";

/** Tests what is searched, and the contents of a match. Scope and cap are tested in grep-scope.ts. */
export const grepCases: readonly ConformanceCase[] = [
  {
    id: "grep/answer/match",
    rule: "A match names file, line number from 1, and the whole line without its newline.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\n  two three  \nfour\n");
      equal("matches", await t.grep("two"), [{ path: "/a.txt", line: 2, text: "  two three  " }]);
    },
  },
  {
    id: "grep/answer/one-a-line",
    rule: "A line that contains the pattern twice is one match.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "x x\nx\n");
      equal(
        "lines",
        (await t.grep("x")).map(({ line }) => line),
        [1, 2],
      );
    },
  },
  {
    id: "grep/answer/nothing-found",
    rule: "An empty result is an empty list, without an error and not truncated.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\n");
      const answer = await t.backend.grep("two", t.at("/"));
      succeeds("grep", answer);
      equal("matches", answer.matches, []);
      check(answer.truncated !== true, "truncated", "not true", answer);
    },
  },
  {
    id: "grep/answer/last-line-without-newline",
    rule: "The last line is searched also without a final newline.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\ntwo");
      equal("matches", await t.grep("two"), [{ path: "/a.txt", line: 2, text: "two" }]);
    },
  },
  ...["a.c", "(x|y)", "[z]", "w*", "^one", "end$", "\\d", "\\", "$&", "{2}", "+", "?"].map(
    (pattern, i): ConformanceCase => ({
      id: `grep/literal/regular-expression-${i + 1}`,
      rule: `\`${pattern}\` is text to find, not a regular expression.`,
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", `abc xy z www one end 1 22\n>${pattern}<\n`);
        equal("matches", await t.grep(pattern), [{ path: "/a.txt", line: 2, text: `>${pattern}<` }]);
      },
    }),
  ),
  ...["%", "_", "a_c", "'", '"', "--", ";"].map(
    (pattern, i): ConformanceCase => ({
      id: `grep/literal/query-language-${i + 1}`,
      rule: `\`${pattern}\` is text to find, also where the storage has a query language of its own.`,
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", `abc\n>${pattern}<\nxyz\n`);
        equal("matches", await t.grep(pattern), [{ path: "/a.txt", line: 2, text: `>${pattern}<` }]);
      },
    }),
  ),
  {
    id: "grep/literal/case-sensitive",
    rule: "Upper and lower case are different text.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "Todo\nTODO\ntodo\n");
      equal(
        "lines",
        (await t.grep("TODO")).map(({ line }) => line),
        [2],
      );
    },
  },
  {
    id: "grep/literal/white-space",
    rule: "Blanks at the ends of a pattern count.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\none \n one\n");
      equal(
        "lines",
        (await t.grep("one ")).map(({ line }) => line),
        [2],
      );
      equal(
        "lines",
        (await t.grep(" one")).map(({ line }) => line),
        [3],
      );
    },
  },
  {
    id: "grep/literal/half-of-a-pair",
    rule: "Half of a surrogate pair is not found inside of a whole one.",
    source: "ours",
    needs: ["strictInput"],
    async run(t) {
      await t.write("/a.txt", "a \u{1f600} b\n");
      equal("matches", await t.grep("\ud83d"), []);
    },
  },
  {
    id: "grep/literal/unicode",
    rule: "Text of any script is found as it is written, one Unicode form apart from the other.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "caf\u00e9\ncafe\u0301\n日本語😀\n");
      equal(
        "composed",
        (await t.grep("f\u00e9")).map(({ line }) => line),
        [1],
      );
      equal(
        "decomposed",
        (await t.grep("e\u0301")).map(({ line }) => line),
        [2],
      );
      equal(
        "astral",
        (await t.grep("語😀")).map(({ line }) => line),
        [3],
      );
    },
  },
  {
    id: "grep/lines/only-newline-ends-a-line",
    rule: "A line of a match is a line of `read`: \\r, \\f and U+2028 belong to it, or the line numbers would differ.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "a\rb\u2028c\fd\r\ne x\n");
      equal("matches", await t.grep("d"), [{ path: "/a.txt", line: 1, text: "a\rb\u2028c\fd\r" }]);
      equal(
        "lines",
        (await t.grep("x")).map(({ line }) => line),
        [2],
      );
    },
  },
  {
    id: "grep/lines/very-long",
    rule: "A matching line of 2 MB is a match, whole or as the part around the pattern, and hides no other.",
    source: "deepagents",
    async run(t) {
      const half = "filler ".repeat(150_000);
      needsRoom(t, "maxFileBytes", 2 * half.length + 100);
      await t.write("/a.json", `${half}needle${half}\nneedle again\n`);
      await t.write("/b.txt", "needle\n");
      const matches = await t.grep("needle");
      equal("matches", sorted(matches.map(({ path, line }) => `${path}:${line}`)), [
        "/a.json:1",
        "/a.json:2",
        "/b.txt:1",
      ]);
      check(
        matches.every(({ text }) => text.includes("needle")),
        "text of each match",
        "with the pattern",
        matches.map(({ text }) => text.slice(0, 100)),
      );
    },
  },
  {
    id: "grep/lines/nul",
    rule: "Text with a NUL is searched like any other.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "a\0b\nfind me\n");
      equal(
        "lines",
        (await t.grep("find")).map(({ line }) => line),
        [2],
      );
      equal(
        "lines",
        (await t.grep("\0b")).map(({ line }) => line),
        [1],
      );
    },
  },
  {
    id: "grep/pattern/empty-matches-every-line",
    rule: "An empty pattern matches every line, blank ones too, as in deepagents' own backends.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\n\nthree");
      equal(
        "matches",
        (await t.grep("")).map(({ line, text }) => [line, text]),
        [
          [1, "one"],
          [2, ""],
          [3, "three"],
        ],
      );
    },
  },
  ...["e\nt", "\n", "one\n"].map(
    (pattern, i): ConformanceCase => ({
      id: `grep/pattern/newline-matches-nothing-${i + 1}`,
      rule: "A pattern with a newline matches nothing, since no line contains one, and is not an error.",
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", "one\ntwo\n");
        equal("files", await t.found("one"), ["/a.txt"]);
        equal("matches", await t.grep(pattern), []);
      },
    }),
  ),
  {
    id: "grep/binary/skipped-by-type",
    rule: "A file of a binary type is not searched, even if its bytes are text.",
    source: "deepagents",
    needs: "transfer",
    async run(t) {
      await t.upload(["/a.png", PNG], ["/b.pdf", utf8("IHDR find\n")], ["/c.txt", utf8("IHDR\n")]);
      equal("files", await t.found("IHDR"), ["/c.txt"]);
    },
  },
  {
    id: "grep/binary/skipped-by-content",
    rule: "Bytes that are not UTF-8 are skipped under any name, without an error.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "detectsBinary"],
    async run(t) {
      for (const [name, bytes] of Object.entries(INVALID_UTF8)) await t.upload([`/${name}.txt`, bytes]);
      await t.write("/text.txt", "an a\n");
      equal("files", await t.found("a"), ["/text.txt"]);
    },
  },
  {
    id: "grep/sees/edits-and-deletions",
    rule: "Edited text is found in its current form.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "old\n");
      equal("before", await t.found("old"), ["/a.txt"]);
      await t.edit("/a.txt", "old", "new");
      equal("after", [await t.found("old"), await t.found("new")], [[], ["/a.txt"]]);
    },
  },
  {
    id: "grep/path/refused-is-an-error",
    rule: "A path that is refused is an error, not a search that found nothing.",
    source: "ours",
    needs: "strictPaths",
    async run(t) {
      refuses("grep", await t.backend.grep("x", t.at("/a/../b")));
    },
  },
];
