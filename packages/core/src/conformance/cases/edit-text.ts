import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { lossy } from "./fixtures.js";

interface Example {
  readonly name: string;
  readonly rule: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly all?: boolean;
  readonly becomes: string;
}

const examples: readonly Example[] = [
  ...["$&", "$1", "$$", "$`", "$'", "$<name>"].map((to, i) => ({
    name: `literal/new-${["ampersand", "group", "dollar", "before", "behind", "named"][i]}`,
    rule: `\`${to}\` in the new text is text, not a reference to what was found.`,
    text: "one two three",
    from: "two",
    to: `[${to}]`,
    becomes: `one [${to}] three`,
  })),
  {
    name: "literal/new-ampersand-replace-all",
    rule: "`$&` in the new text is text also when all occurrences are replaced.",
    text: "a-a",
    from: "a",
    to: "$&$&",
    all: true,
    becomes: "$&$&-$&$&",
  },
  {
    name: "literal/old-regular-expression",
    rule: "The text to find is not a regular expression.",
    text: "abc a.c (x|y)* [z]+ ^$",
    from: "a.c (x|y)* [z]+ ^$",
    to: "ok",
    becomes: "abc ok",
  },
  {
    name: "literal/backslashes",
    rule: "Backslashes are characters: `\\n` of two characters is not a newline.",
    text: "a\\nb\nc\\\\d",
    from: "\\nb\nc\\\\",
    to: "\\t\\1\\",
    becomes: "a\\t\\1\\d",
  },
  {
    name: "text/removal",
    rule: "An empty new text deletes the text that was found.",
    text: "one two three",
    from: " two",
    to: "",
    becomes: "one three",
  },
  {
    name: "text/removal-of-everything",
    rule: "A file whose whole text is removed is an empty file, which exists.",
    text: "one",
    from: "one",
    to: "",
    becomes: "",
  },
  {
    name: "text/several-lines",
    rule: "The text to find may span lines.",
    text: "a\nb\nc\nd\n",
    from: "b\nc\n",
    to: "x\n",
    becomes: "a\nx\nd\n",
  },
  {
    name: "text/whole-file",
    rule: "The text to find may be the whole file, as deepagents appends where it cannot upload.",
    text: "one\ntwo\n",
    from: "one\ntwo\n",
    to: "one\ntwo\nthree\n",
    becomes: "one\ntwo\nthree\n",
  },
  {
    name: "text/at-both-ends",
    rule: "The first and the last character of a file can be replaced.",
    text: "xaxbx",
    from: "x",
    to: "-",
    all: true,
    becomes: "-a-b-",
  },
  {
    name: "text/astral",
    rule: "Characters outside the basic plane are found and put in whole.",
    text: "a😀b😁c",
    from: "😀b",
    to: "𝒳",
    becomes: "a𝒳😁c",
  },
  {
    name: "keeps/crlf",
    rule: "Line endings outside the replaced text are kept: a file of \\r\\n does not become one of \\n.",
    text: "one\r\ntwo\r\nthree\r\n",
    from: "two",
    to: "2",
    becomes: "one\r\n2\r\nthree\r\n",
  },
  {
    name: "keeps/crlf-found",
    rule: "\\r\\n in the text to find matches \\r\\n.",
    text: "one\r\ntwo\r\n",
    from: "one\r\ntwo",
    to: "1\r\n2",
    becomes: "1\r\n2\r\n",
  },
  {
    name: "keeps/mixed-line-ends",
    rule: "Mixed line endings stay mixed.",
    text: "a\r\nb\nc\rd\u2028e\n",
    from: "b",
    to: "x",
    becomes: "a\r\nx\nc\rd\u2028e\n",
  },
  {
    name: "keeps/bom",
    rule: "A byte order mark survives an edit of the text after it.",
    text: "\ufeffone\n",
    from: "one",
    to: "two",
    becomes: "\ufefftwo\n",
  },
  {
    name: "keeps/nul",
    rule: "A NUL survives an edit next to it.",
    text: "a\0one\0b",
    from: "one",
    to: "two",
    becomes: "a\0two\0b",
  },
  {
    name: "keeps/no-final-newline",
    rule: "No final newline is added.",
    text: "one\ntwo",
    from: "one",
    to: "1",
    becomes: "1\ntwo",
  },
  {
    name: "keeps/trailing-white-space",
    rule: "White space at the ends of lines and of the file is kept.",
    text: "  one  \n\t\n\n  ",
    from: "one",
    to: "two",
    becomes: "  two  \n\t\n\n  ",
  },
];

/** Tests the effect of edits on text: exactly the requested replacement, and nothing else. */
export const editTextCases: readonly ConformanceCase[] = [
  ...examples.map(
    ({ name, rule, text, from, to, all, becomes }): ConformanceCase => ({
      id: `edit/${name}`,
      rule,
      ...(name.startsWith("keeps")
        ? { source: "ours" as const, needs: "exactText" as const }
        : { source: "deepagents" as const }),
      async run(t) {
        await t.write("/a.txt", text);
        await t.edit("/a.txt", from, to, all);
        await t.holds("/a.txt", becomes);
      },
    }),
  ),
  {
    id: "edit/text/lone-surrogate",
    rule: "Half a surrogate pair in the new text stays or becomes U+FFFD, as in a write.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "one");
      await t.edit("/a.txt", "one", "a\ud83d");
      const { content } = await t.data("/a.txt");
      check(
        lossy("a\ud83d").some((one) => one === content),
        "content",
        "the text, or with U+FFFD for halves",
        content,
      );
    },
  },
  {
    id: "edit/text/half-of-a-pair",
    rule: "Half of a surrogate pair is not found inside of a whole one, whose other half would be left over.",
    source: "ours",
    needs: ["strictInput"],
    async run(t) {
      await t.write("/a.txt", "a \u{1f600} b");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "\ud83d", "x"));
      await t.holds("/a.txt", "a \u{1f600} b");
    },
  },
  {
    id: "edit/keeps/bytes-outside",
    rule: "Outside the replaced text a file is kept byte for byte.",
    source: "ours",
    needs: ["transfer", "byteFidelity"],
    async run(t) {
      const text = "\ufeffé e\u0301 \r\n\0 HERE \u2028😀\f\r";
      await t.upload(["/a.txt", new TextEncoder().encode(text)]);
      await t.edit("/a.txt", "HERE", "there");
      equal("bytes", await t.bytes("/a.txt"), new TextEncoder().encode(text.replace("HERE", "there")));
    },
  },
  {
    id: "edit/exact/newline-is-not-crlf",
    rule: "\\n in the text to find does not match \\r\\n: the match is exact.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\r\ntwo\r\n");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "one\ntwo", "x"));
      await t.holds("/a.txt", "one\r\ntwo\r\n");
    },
  },
  {
    id: "edit/exact/unicode-forms-differ",
    rule: "A composed letter is not its decomposed form: the match is exact.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "cafe\u0301");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "caf\u00e9", "tea"));
      await t.holds("/a.txt", "cafe\u0301");
    },
  },
  {
    id: "edit/sequence/each-sees-the-last",
    rule: "An edit starts from the result of the previous edit, through any instance.",
    source: "deepagents",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "0");
      for (let i = 0; i < 10; i++) {
        const answer = await (i % 2 === 0 ? t.backend : other).edit(t.at("/a.txt"), String(i), String(i + 1));
        equal(`edit ${i}`, answer.error, undefined);
      }
      await t.holds("/a.txt", "10");
    },
  },
  {
    id: "edit/stale/refusal-is-confirmed",
    rule: "An edit is not refused because of an earlier read: another instance may have changed the file since.",
    source: "tools",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "one");
      equal("read", (await other.read(t.at("/a.txt"))).content, "one");
      await t.edit("/a.txt", "one", "two");
      equal("edit", (await other.edit(t.at("/a.txt"), "two", "three")).occurrences, 1);
      await t.holds("/a.txt", "three");
    },
  },
];
