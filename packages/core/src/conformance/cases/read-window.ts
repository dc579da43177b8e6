import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { numbered, showsWindow } from "./fixtures.js";

const DEFAULT_LIMIT = 500;

/** Tests windows of lines. */
export const readWindowCases: readonly ConformanceCase[] = [
  {
    id: "read/window/first",
    rule: "The first window has as many lines as asked for, and says where the next one starts.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", numbered(10));
      const answer = await t.read("/a.txt", 0, 3);
      const content = "line 1\nline 2\nline 3";
      showsWindow(t, "window", answer, { content, totalLines: 10, startLine: 1, endLine: 3, nextOffset: 3 });
    },
  },
  {
    id: "read/window/middle",
    rule: "`offset` counts lines from 0, `startLine` and `endLine` count from 1.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", numbered(10));
      showsWindow(t, "window", await t.read("/a.txt", 4, 2), {
        content: "line 5\nline 6",
        totalLines: 10,
        startLine: 5,
        endLine: 6,
        nextOffset: 6,
      });
    },
  },
  {
    id: "read/window/past-the-end-has-final-newline",
    rule: "A window that reaches past the last line includes the final newline, or a last blank line is not shown.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", numbered(10));
      const expected = { content: "line 9\nline 10\n", totalLines: 10, startLine: 9, endLine: 10 };
      showsWindow(t, "window", await t.read("/a.txt", 8, 100), expected);
    },
  },
  {
    id: "read/window/exact-fit-has-no-final-newline",
    rule: "A window that ends on the last line has as many lines as asked for, which a final newline would make one more.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", numbered(10));
      const expected = { content: "line 9\nline 10", totalLines: 10, startLine: 9, endLine: 10 };
      showsWindow(t, "window", await t.read("/a.txt", 8, 2), expected);
    },
  },
  {
    id: "read/window/last-of-a-file-without-final-newline",
    rule: "A window past the end of a file without a final newline has none.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\ntwo\nthree");
      const expected = { content: "two\nthree", totalLines: 3, startLine: 2, endLine: 3 };
      showsWindow(t, "window", await t.read("/a.txt", 1, 9), expected);
    },
  },
  {
    id: "read/window/pages-make-the-file",
    rule: "Pages read one after the other by `nextOffset` are the file, no line twice and none left out.",
    source: "tools",
    needs: "positions",
    async run(t) {
      const text = numbered(23);
      await t.write("/a.txt", text);
      const pages: string[] = [];
      for (let offset: number | undefined = 0; offset !== undefined && pages.length < 30; ) {
        const answer = await t.read("/a.txt", offset, 4);
        pages.push(String(answer.content));
        offset = answer.nextOffset;
      }
      equal("number of pages", pages.length, 6);
      equal("all pages", pages.join("\n"), text);
    },
  },
  {
    id: "read/window/default-is-500-lines",
    rule: "Without a limit 500 lines are answered.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", numbered(DEFAULT_LIMIT + 1));
      showsWindow(t, "window", await t.read("/a.txt"), {
        content: numbered(DEFAULT_LIMIT).slice(0, -1),
        totalLines: DEFAULT_LIMIT + 1,
        startLine: 1,
        endLine: DEFAULT_LIMIT,
        nextOffset: DEFAULT_LIMIT,
      });
    },
  },
  {
    id: "read/window/any-offset-and-limit",
    rule: "Every window of every shape of file is the one that deepagents' own backend answers with.",
    source: "deepagents",
    async run(t) {
      const texts = ["a", "a\n", "a\nb", "a\nb\n", "a\n\n", "\na", "a\n\nb\n\n\n", "a\r\nb\r\n"];
      for (const [i, text] of texts.entries()) {
        await t.write(`/${i}.txt`, text);
        for (let offset = 0; offset < 6; offset++) {
          for (let limit = 1; limit < 8; limit++) {
            const answer = await t.backend.read(t.at(`/${i}.txt`), offset, limit);
            const expected = reference(text, offset, limit);
            if (offset < expected.totalLines)
              showsWindow(t, `window of ${JSON.stringify(text)}`, answer, expected);
          }
        }
      }
    },
  },
  {
    id: "read/offset/past-the-end",
    rule: "An offset past the end is an error, which in deepagents' words names the length: content would be shown as a line that does not exist.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", numbered(12));
      const answer = await t.backend.read(t.at("/a.txt"), 500, 10);
      refuses("read at 500 of 12", answer, ...(t.capabilities.errorWords ? ["12"] : []));
      equal("content", answer.content, undefined);
    },
  },
  {
    id: "read/offset/at-the-end",
    rule: "An offset equal to the number of lines is past the end, with a final newline and without.",
    source: "deepagents",
    async run(t) {
      await t.write("/with.txt", "one\ntwo\n");
      await t.write("/without.txt", "one\ntwo");
      refuses("read at 2 of 2", await t.backend.read(t.at("/with.txt"), 2, 10));
      refuses("read at 2 of 2", await t.backend.read(t.at("/without.txt"), 2, 10));
    },
  },
  ...[
    {
      id: "offset/fraction",
      offset: 1.9,
      limit: 2,
      same: [1, 2] as const,
      how: "A fraction of an offset is cut off",
    },
    {
      id: "offset/negative",
      offset: -3,
      limit: 2,
      same: [0, 2] as const,
      how: "A negative offset is the start",
    },
    {
      id: "offset/nan",
      offset: Number.NaN,
      limit: 2,
      same: [0, 2] as const,
      how: "An offset that is no number is the start",
    },
    {
      id: "limit/fraction",
      offset: 1,
      limit: 2.9,
      same: [1, 2] as const,
      how: "A fraction of a limit is cut off",
    },
  ].map(
    ({ id, offset, limit, same, how }): ConformanceCase => ({
      id: `read/${id}`,
      rule: `${how}, as deepagents normalizes it: content and positions must agree on it.`,
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", numbered(5));
        const expected = reference(numbered(5), same[0], same[1]);
        showsWindow(t, `read at ${offset}, ${limit}`, await t.read("/a.txt", offset, limit), expected);
      },
    }),
  ),
  ...[
    { name: "zero", limit: 0 },
    { name: "negative", limit: -2 },
    { name: "nan", limit: Number.NaN },
  ].map(
    ({ name, limit }): ConformanceCase => ({
      id: `read/limit/${name}`,
      rule: "A limit of 0 lines returns no content and no error, as deepagents normalizes it.",
      source: "deepagents",
      async run(t) {
        await t.write("/a.txt", numbered(5));
        const { content, startLine, endLine } = await t.read("/a.txt", 0, limit);
        equal("content", content, "");
        check(startLine === undefined && endLine === undefined, "positions", "none, since no line is shown", {
          startLine,
          endLine,
        });
      },
    }),
  ),
];

/** Reference implementation, equivalent to deepagents' FilesystemBackend. */
function reference(text: string, offset: number, limit: number) {
  const lines = text.split("\n");
  const totalLines = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const endLine = Math.min(offset + limit, totalLines);
  const content = lines.slice(offset, offset + limit).join("\n");
  const window = { content, totalLines, startLine: offset + 1, endLine };
  return endLine < totalLines ? { ...window, nextOffset: endLine } : window;
}
