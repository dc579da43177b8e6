import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { INVALID_UTF8, PNG, PNG_BASE64 } from "./fixtures.js";

/**
 * Tests which edits are made, which are refused, and in which words. The effect on the text is tested in edit-text.ts.
 */
export const editCases: readonly ConformanceCase[] = [
  {
    id: "edit/answer/shape",
    rule: "An edit answers with the path as asked, no files in `filesUpdate`, and `occurrences`, which the tool prints.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "one two");
      const { path, filesUpdate, occurrences } = await t.edit("/a.txt", "two", "three");
      equal(
        "answer",
        { path, filesUpdate: filesUpdate ?? null, occurrences },
        { path: t.at("/a.txt"), filesUpdate: null, occurrences: 1 },
      );
      await t.holds("/a.txt", "one three");
    },
  },
  {
    id: "edit/answer/path-as-asked",
    rule: "The answer's path is spelled as the caller spelled it.",
    source: "ours",
    needs: "spelling",
    async run(t) {
      await t.write("/d/a.txt", "one");
      const asked = t.at("//d//a.txt");
      equal("path", (await t.backend.edit(asked, "one", "two")).path, asked);
    },
  },
  {
    id: "edit/replace-all/counts",
    rule: "With `replaceAll` every occurrence is replaced and counted.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "x-x-x\nx\n");
      equal("occurrences", (await t.edit("/a.txt", "x", "yy", true)).occurrences, 4);
      await t.holds("/a.txt", "yy-yy-yy\nyy\n");
    },
  },
  {
    id: "edit/replace-all/one-is-enough",
    rule: "`replaceAll` with a single occurrence is an ordinary edit.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one two");
      equal("occurrences", (await t.edit("/a.txt", "two", "three", true)).occurrences, 1);
      await t.holds("/a.txt", "one three");
    },
  },
  {
    id: "edit/replace-all/counts-non-overlapping",
    rule: "Occurrences do not overlap: `aaaa` has two of `aa`, and both are replaced.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "aaaa");
      equal("occurrences", (await t.edit("/a.txt", "aa", "b", true)).occurrences, 2);
      await t.holds("/a.txt", "bb");
    },
  },
  {
    id: "edit/replace-all/is-not-applied-to-its-own-result",
    rule: "Replacements are not searched again: replacing `a` by `aa` ends.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "a.a");
      equal("occurrences", (await t.edit("/a.txt", "a", "aa", true)).occurrences, 2);
      await t.holds("/a.txt", "aa.aa");
    },
  },
  {
    id: "edit/single/overlapping-is-not-ambiguous",
    rule: "`aaa` has one occurrence of `aa`, not two, so an edit of one is not refused.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "aaa");
      equal("occurrences", (await t.edit("/a.txt", "aa", "b")).occurrences, 1);
      await t.holds("/a.txt", "ba");
    },
  },
  {
    id: "edit/single/ambiguous-is-refused",
    rule: "Without `replaceAll` more than one occurrence is refused, and nothing is changed.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "x x x");
      const answer = await t.backend.edit(t.at("/a.txt"), "x", "y");
      refuses("edit", answer);
      await t.holds("/a.txt", "x x x");
    },
  },
  {
    id: "edit/single/is-the-default",
    rule: "`replaceAll` is false unless it is given, also as `undefined`.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "x x");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "x", "y", undefined));
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "x", "y", false));
    },
  },
  {
    id: "edit/single/ambiguous-words",
    rule: "The refusal is deepagents' own sentence: it tells the model the two ways out.",
    source: "ours",
    needs: "errorWords",
    async run(t) {
      await t.write("/a.txt", "x x");
      equal("error", (await t.backend.edit(t.at("/a.txt"), "x", "y")).error, ambiguous("x", 2));
    },
  },
  ...[false, true].map(
    (all): ConformanceCase => ({
      id: `edit/not-there/refused${all ? "-with-replace-all" : ""}`,
      rule: "Text that is not in the file is refused, and nothing is changed.",
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", "one\n");
        const answer = await t.backend.edit(t.at("/a.txt"), "two", "three", all);
        refuses("edit", answer);
        await t.holds("/a.txt", "one\n");
      },
    }),
  ),
  {
    id: "edit/not-there/case-matters",
    rule: "Upper and lower case are different text.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "One");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "one", "two"));
    },
  },
  {
    id: "edit/not-there/white-space-matters",
    rule: "Blanks and tabs are matched as they are: in many languages they are the program.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.py", "\tif x:\n");
      refuses("edit", await t.backend.edit(t.at("/a.py"), "    if x:", "pass"));
      refuses("edit", await t.backend.edit(t.at("/a.py"), "if x: ", "pass"));
    },
  },
  {
    id: "edit/refusal/words",
    rule: "Refusals are deepagents' own sentences.",
    source: "ours",
    needs: "errorWords",
    async run(t) {
      await t.write("/a.txt", "one\n");
      const [absent, empty] = [
        await t.backend.edit(t.at("/a.txt"), "two", "three"),
        await t.backend.edit(t.at("/a.txt"), "", "two"),
      ];
      equal("not there", absent.error, "Error: String not found in file: 'two'");
      equal("empty", empty.error, "Error: oldString cannot be empty when file has content");
    },
  },
  {
    id: "edit/same/succeeds",
    rule: "Replacing a text by itself succeeds and is counted: nothing is wrong with it.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one two");
      equal("occurrences", (await t.edit("/a.txt", "two", "two")).occurrences, 1);
      await t.holds("/a.txt", "one two");
    },
  },
  {
    id: "edit/empty-old/fills-an-empty-file",
    rule: "An empty text to find fills an empty file, with 0 occurrences.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "");
      equal("occurrences", (await t.edit("/a.txt", "", "one\n")).occurrences, 0);
      await t.holds("/a.txt", "one\n");
    },
  },
  ...[false, true].map(
    (all): ConformanceCase => ({
      id: `edit/empty-old/refused-on-content${all ? "-with-replace-all" : ""}`,
      rule: "An empty text to find is refused when the file has content.",
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", "one");
        const answer = await t.backend.edit(t.at("/a.txt"), "", "two", all);
        refuses("edit", answer);
        await t.holds("/a.txt", "one");
      },
    }),
  ),
  {
    id: "edit/empty-file/nothing-to-find",
    rule: "Any text is not found in an empty file.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "");
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "one", "two"));
    },
  },
  {
    id: "edit/missing/words",
    rule: "A missing file is `Error: File '/p' not found`: the tool passes the sentence on as it is.",
    source: "ours",
    needs: "errorWords",
    async run(t) {
      const path = t.at("/missing.txt");
      const answer = await t.backend.edit(path, "one", "two");
      equal("error", answer.error, `Error: File '${path}' not found`);
      await t.absent("/missing.txt");
    },
  },
  {
    id: "edit/missing/empty-old-creates-nothing",
    rule: "An empty text to find does not create a missing file.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/missing.txt.bak"]);
      refuses("edit", await t.backend.edit(t.at("/missing.txt"), "", "one"));
      await t.absent("/missing.txt");
    },
  },
  {
    id: "edit/directory/refused",
    rule: "A directory cannot be edited.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      refuses("edit", await t.backend.edit(t.at("/d"), "x", "y"));
      refuses("edit", await t.backend.edit(t.at("/d"), "", "y"));
      await t.holds("/d/a.txt", "x\n");
    },
  },
  {
    id: "edit/binary/refused",
    rule: "A binary file is not edited as text, and stays as it is.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      refuses("edit", await t.backend.edit(t.at("/a.png"), "PNG", "GIF"));
      await t.holds("/a.png", PNG);
    },
  },
  {
    id: "edit/binary/invalid-utf8-refused",
    rule: "Bytes that are not UTF-8 are not edited under any name: decoding them would lose them.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "detectsBinary"],
    async run(t) {
      for (const [name, bytes] of Object.entries(INVALID_UTF8)) {
        await t.upload([`/${name}.txt`, bytes]);
        refuses(`edit of ${name}`, await t.backend.edit(t.at(`/${name}.txt`), "a", "b"));
        equal(`bytes of ${name}`, await t.bytes(`/${name}.txt`), bytes);
      }
    },
  },
  {
    id: "edit/refusal/carries-no-success",
    rule: "A refused edit has no occurrences: a count would read as success.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one");
      const answer = await t.backend.edit(t.at("/a.txt"), "two", "three");
      check(
        answer.error !== undefined && answer.occurrences === undefined,
        "answer",
        "an error alone",
        answer,
      );
    },
  },
];

const ambiguous = (text: string, times: number) =>
  `Error: String '${text}' has multiple occurrences (appears ${times} times) in file. Use replace_all=True to replace all instances, or provide a more specific string with surrounding context.`;
