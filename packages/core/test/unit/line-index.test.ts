import { describe, expect, it } from "@jest/globals";
import { cutBlocks, findBlocks, indexLines } from "../../src/text/line-index.js";
import { cutLines } from "../../src/text/lines.js";

const BLOCK = 64 * 1024;

/** Reads a window through the index, from only the blocks that it names. */
async function window(text: string, offset: number, limit: number) {
  const bytes = Buffer.from(text);
  const index = await indexLines(bytes);
  const found = findBlocks(index, offset, limit);
  const blocks = bytes.subarray(found.start, found.start + found.length);
  const lines = found.count === 0 ? [] : String(Buffer.from(cutBlocks(blocks, found))).split("\n");
  return { lines, total: index.total, finalNewline: index.finalNewline };
}

const TEXTS = {
  "lines across blocks": Array.from({ length: 9_000 }, (_, i) => `${i} ${"é".repeat(i % 40)}`).join("\n"),
  "a final newline": "x\n".repeat(BLOCK + 1),
  "newlines only": "\n".repeat(3 * BLOCK),
  "no newline": "é".repeat(2 * BLOCK),
  "a newline at the end of a block": `${"x".repeat(BLOCK - 1)}\ny\n`,
  "a newline at the beginning of a block": `${"x".repeat(BLOCK)}\ny`,
  "one line of many blocks among short ones": `a\n\n${"x".repeat(5 * BLOCK)}\nb\nc`,
};

describe.each(Object.entries(TEXTS))("a text with %s", (_, text) => {
  const { total } = cutLines(text, 0, 0);
  const offsets = [0, 1, 2, 3, 7, total >> 1, total - 2, total - 1, total, total + 5];
  const limits = [0, 1, 2, 500];

  it("is cut by its index as without it", async () => {
    for (const offset of offsets.filter((n) => n >= 0)) {
      for (const limit of limits) {
        expect({ offset, limit, ...(await window(text, offset, limit)) }).toEqual({
          offset,
          limit,
          ...cutLines(text, offset, limit),
        });
      }
    }
    expect((await window(text, 1, Number.POSITIVE_INFINITY)).lines.join("\n")).toBe(
      cutLines(text, 1, Number.POSITIVE_INFINITY).lines.join("\n"),
    );
  });
});

it("a window reads few blocks of a large text", async () => {
  const text = Buffer.from("a line of some length\n".repeat(1_000_000));
  const { length } = findBlocks(await indexLines(text), 500_000, 500);
  expect(length).toBeLessThanOrEqual(2 * BLOCK);
});
