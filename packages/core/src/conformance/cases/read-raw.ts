import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { isTime, needsRoom, PNG, PNG_BASE64, utf8 } from "./fixtures.js";

/** Tests reads of whole files with their times. */
export const readRawCases: readonly ConformanceCase[] = [
  {
    id: "read-raw/shape/v2",
    rule: "`readRaw` answers with FileData v2: content, type and both times.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.md", "# one\n");
      const { content, mimeType, created_at, modified_at } = await t.data("/a.md");
      equal("content and type", [content, mimeType], ["# one\n", "text/markdown"]);
      isTime(t, "created_at", created_at);
      isTime(t, "modified_at", modified_at);
    },
  },
  {
    id: "read-raw/binary/bytes",
    rule: "A binary file's content is its bytes, and its type is not one of text.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      const { content, mimeType } = await t.data("/a.png");
      equal("content and type", [content, mimeType], [PNG, "image/png"]);
    },
  },
  ...Object.entries({
    crlf: "a\r\nb\r\n",
    "lone-cr": "a\rb",
    "no-final-newline": "a\nb",
    "only-newlines": "\n\n\n",
    "only-spaces": "  \t ",
    bom: "\ufeffa",
    nul: "a\0\0b\n",
    separators: "a\u2028b\u2029c\f\v\u0085",
    astral: "😀𝒳\u{10ffff}",
    combining: "e\u0301 é",
    noncharacters: "\uffff\ufffe\ufdd0",
    empty: "",
  }).map(
    ([name, text]): ConformanceCase => ({
      id: `read-raw/exact/${name}`,
      rule: "The whole content is returned exactly as it was written: an edit or an append starts from it.",
      source: "deepagents",
      needs: "exactText",
      async run(t) {
        await t.write("/a.txt", text);
        await t.holds("/a.txt", text);
      },
    }),
  ),
  {
    id: "read-raw/exact/large",
    rule: "A text of a megabyte is returned whole.",
    source: "deepagents",
    async run(t) {
      const text = "0123456789abcdé\n".repeat(64 * 1024);
      needsRoom(t, "maxFileBytes", utf8(text).length);
      await t.write("/a.txt", text);
      const { content } = await t.data("/a.txt");
      check(content === text, "content", `the ${text.length} characters written`, content);
    },
  },
  {
    id: "read-raw/missing/error",
    rule: "A missing file is an error value with deepagents' words, never an exception and never empty data.",
    source: "ours",
    needs: "errorWords",
    async run(t) {
      const path = t.at("/missing.txt");
      const { error, data } = await t.backend.readRaw(path);
      equal("answer", { error, data }, { error: `File '${path}' not found` });
    },
  },
  {
    id: "read-raw/directory/error",
    rule: "A directory has no raw content.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      await t.absent("/d");
    },
  },
  {
    id: "read-raw/times/edit-keeps-creation",
    rule: "An edit keeps `created_at` and does not set `modified_at` back.",
    source: "deepagents",
    needs: "times",
    async run(t) {
      await t.write("/a.txt", "one");
      const before = await t.data("/a.txt");
      await t.after(before.created_at);
      await t.edit("/a.txt", "one", "two");
      const edited = await t.data("/a.txt");
      equal("created_at", edited.created_at, before.created_at);
      check(
        edited.modified_at >= before.modified_at,
        "modified_at",
        `not before ${before.modified_at}`,
        edited,
      );
    },
  },
];
