import { equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { numbered, PNG, PNG_BASE64, showsWindow } from "./fixtures.js";

const EMPTY = "System reminder: File exists but has empty contents";

/** Tests the answers of `read`: content, types, refusals. Windows are tested in read-window.ts. */
export const readCases: readonly ConformanceCase[] = [
  {
    id: "read/whole/content-and-position",
    rule: "A file that fits is returned whole, with its number of lines: without it a model never learns that a file continues.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "one\ntwo\nthree\n");
      const answer = await t.read("/a.txt");
      const content = "one\ntwo\nthree\n";
      showsWindow(t, "answer", answer, { content, totalLines: 3, startLine: 1, endLine: 3 });
      equal("type", answer.mimeType ?? "text/plain", "text/plain");
    },
  },
  {
    id: "read/whole/no-final-newline",
    rule: "A file without a final newline is answered without one.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\ntwo");
      const expected = { content: "one\ntwo", totalLines: 2, startLine: 1, endLine: 2 };
      showsWindow(t, "content and lines", await t.read("/a.txt"), expected);
    },
  },
  {
    id: "read/whole/blank-lines",
    rule: "Blank lines at the end are lines of the file.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\n\n\n");
      const expected = { content: "one\n\n\n", totalLines: 3, startLine: 1, endLine: 3 };
      showsWindow(t, "content and lines", await t.read("/a.txt"), expected);
    },
  },
  {
    id: "read/whole/only-white-space",
    rule: "Only a file of zero bytes is empty: one of blank lines has content, which an edit must be able to find.",
    source: "ours",
    needs: "exactText",
    async run(t) {
      await t.write("/a.txt", " \n\n");
      equal("content", (await t.read("/a.txt")).content, " \n\n");
    },
  },
  {
    id: "read/whole/long-line",
    rule: "A line of any length is returned whole: the tools truncate it and say so.",
    source: "deepagents",
    async run(t) {
      const line = "abcdefghij".repeat(20_000);
      await t.write("/a.txt", `${line}\n`);
      equal("content", (await t.read("/a.txt")).content, `${line}\n`);
    },
  },
  ...["\r", "\f", "\v", "\u0085", "\u2028", "\u2029"].map((character): ConformanceCase => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return {
      id: `read/lines/u-${code}-ends-no-line`,
      rule: `Lines end in \\n only, so U+${code.toUpperCase()} stays in its line: an edit must find what read showed.`,
      source: "deepagents",
      async run(t) {
        const text = `a${character}b${character}\nc\n`;
        await t.write("/a.txt", text);
        const expected = { content: text, totalLines: 2, startLine: 1, endLine: 2 };
        showsWindow(t, "content and lines", await t.read("/a.txt"), expected);
        equal("first line", (await t.read("/a.txt", 0, 1)).content, `a${character}b${character}`);
      },
    };
  }),
  {
    id: "read/text/bom",
    rule: "A byte order mark is content and is kept.",
    source: "ours",
    needs: "exactText",
    async run(t) {
      await t.write("/a.txt", "\ufeffone\n");
      equal("content", (await t.read("/a.txt")).content, "\ufeffone\n");
    },
  },
  {
    id: "read/text/nul",
    rule: "A NUL in text is content: tool results that contain one are read back by the model.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "a\0b\n");
      equal("content", (await t.read("/a.txt")).content, "a\0b\n");
    },
  },
  {
    id: "read/empty/reminder",
    rule: "An empty file reads as exactly deepagents' reminder, which its read tool compares with.",
    source: "tools",
    async run(t) {
      await t.write("/empty.txt", "");
      equal("content", (await t.read("/empty.txt")).content, EMPTY);
    },
  },
  {
    id: "read/empty/reminder-at-any-offset",
    rule: "An empty file reads as the reminder whatever the offset, which no line could satisfy.",
    source: "deepagents",
    async run(t) {
      await t.write("/empty.txt", "");
      equal("content", (await t.read("/empty.txt", 7, 3)).content, EMPTY);
    },
  },
  {
    id: "read/missing/words",
    rule: "A missing file is `File '/p' not found`, without `Error:`, which the read tool puts in front itself.",
    source: "ours",
    needs: "errorWords",
    async run(t) {
      const path = t.at("/missing.txt");
      const { error, content } = await t.backend.read(path);
      equal("answer", { error, content }, { error: `File '${path}' not found` });
    },
  },
  {
    id: "read/missing/parent-exists",
    rule: "A file is missing also when others begin with its name.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.txt.bak", "/a.txtx/b.txt"]);
      refuses("read", await t.backend.read(t.at("/a.txt")));
    },
  },
  {
    id: "read/directory/is-no-file",
    rule: "A directory cannot be read as a file.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const answer = await t.backend.read(t.at("/d"));
      refuses("read of a directory", answer);
      equal("content", answer.content, undefined);
    },
  },
  {
    id: "read/binary/whole-whatever-the-window",
    rule: "An image is returned whole, whatever the offset and limit: lines mean nothing in it.",
    source: "deepagents",
    needs: "transfer",
    async run(t) {
      await t.upload(["/a.png", PNG]);
      for (const [offset, limit] of [[], [0, 1], [3, 2], [9_999, 1]]) {
        const { content, mimeType } = await t.read("/a.png", offset, limit);
        equal(`content at ${offset}, ${limit}`, [content, mimeType ?? "image/png"], [PNG, "image/png"]);
      }
    },
  },
  {
    id: "read/binary/written-as-base64",
    rule: "A picture written as base64 is read as its bytes.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      equal("content", (await t.read("/a.png")).content, PNG);
    },
  },
  {
    id: "read/binary/no-lines",
    rule: "A picture has no lines: a line header above it would be nonsense.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      const {
        content,
        mimeType = "image/png",
        startLine,
        endLine,
        totalLines,
        nextOffset,
      } = await t.read("/a.png");
      equal("content and type", [content, mimeType], [PNG, "image/png"]);
      equal("positions", { startLine, endLine, totalLines, nextOffset }, {});
    },
  },
  {
    id: "read/large/window-far-down",
    rule: "A window far down a long file is the right one.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", numbered(20_000));
      const answer = await t.read("/a.txt", 19_990, 5);
      showsWindow(t, "window", answer, {
        content: "line 19991\nline 19992\nline 19993\nline 19994\nline 19995",
        totalLines: 20_000,
        startLine: 19_991,
        endLine: 19_995,
        nextOffset: 19_995,
      });
    },
  },
];
