import { type CallTime, nextTurn } from "../support/pace.js";

/** Index of the lines of a UTF-8 text, so that a window can be read without the rest. It is stored as JSON. */
export interface LineIndex {
  /** Number of lines; a final newline does not start another. */
  readonly total: number;
  readonly finalNewline: boolean;
  /** Number of newlines before each block of the text. */
  readonly before: readonly number[];
}

/** True if the value beside a text is a line index. Other programs may have stored anything there, or nothing. */
export const isLineIndex = (value: unknown): value is LineIndex =>
  Array.isArray((value as Partial<LineIndex> | null)?.before);

/** Bytes per block, each of which has an entry in the index. The smallest unit to read from a large file. */
export const BLOCK_BYTES = 64 * 1024;

/** Byte that ends a line. */
export const NEWLINE = 0x0a;

/** Number of blocks to index per turn of the event loop. */
const BLOCKS_AT_ONCE = 16;

/**
 * Indexes the lines of a text in one pass, in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function indexLines(text: Uint8Array, options?: CallTime): Promise<LineIndex> {
  const before: number[] = [];
  let newlines = 0;
  for (let start = 0; start < text.length; start += BLOCK_BYTES) {
    before.push(newlines);
    newlines += countNewlines(text, start, Math.min(start + BLOCK_BYTES, text.length));
    if (before.length % BLOCKS_AT_ONCE === 0) await nextTurn(options);
  }
  const finalNewline = text.at(-1) === NEWLINE;
  return { total: finalNewline || text.length === 0 ? newlines : newlines + 1, finalNewline, before };
}

/** Counts newlines between two positions. */
export function countNewlines(text: Uint8Array, start: number, end: number): number {
  let newlines = 0;
  for (let i = start; i < end; i++) if (text[i] === NEWLINE) newlines++;
  return newlines;
}

/** A range of blocks that contains some lines. */
export interface Blocks {
  /** Byte offset of the first block. */
  readonly start: number;
  readonly length: number;
  /** Number of newlines in the blocks before the first line. */
  readonly skip: number;
  /** Number of lines. */
  readonly count: number;
}

/** Finds the blocks of a window; `count` is 0 if the window is beyond the end of the text. */
export function findBlocks({ total, before }: LineIndex, offset: number, limit: number): Blocks {
  const count = Math.max(0, Math.min(limit, total - offset));
  // A line starts after the newline that ends the previous one.
  const first = blockOfNewline(before, offset);
  const last = blockOfNewline(before, offset + count);
  return {
    start: first * BLOCK_BYTES,
    length: (last - first + 1) * BLOCK_BYTES,
    skip: offset - (before[first] ?? 0),
    count,
  };
}

/** Returns the block that contains the `nth` newline of the text, counted from 1; the first block for 0. */
function blockOfNewline(before: readonly number[], nth: number): number {
  let low = 0;
  let high = before.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (before[middle]! < nth) low = middle;
    else high = middle;
  }
  return low;
}

/** Extracts the lines from their blocks, without the last newline. */
export function cutBlocks(bytes: Uint8Array, { skip, count }: Blocks): Uint8Array {
  const start = behindNewlines(bytes, skip, 0);
  const end = behindNewlines(bytes, count, start);
  return bytes.subarray(start, bytes[end - 1] === NEWLINE ? end - 1 : end);
}

/** Returns the position after a number of newlines; the end of the text if it has fewer. */
function behindNewlines(bytes: Uint8Array, newlines: number, from: number): number {
  let at = from;
  for (let i = 0; i < newlines; i++) {
    const next = bytes.indexOf(NEWLINE, at);
    if (next === -1) return bytes.length;
    at = next + 1;
  }
  return at;
}
