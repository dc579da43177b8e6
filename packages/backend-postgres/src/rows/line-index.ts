import { type CallTime, nextTurn } from "@deepagents-remote/core/adapter";

/** Where the lines of a text in `bytes` begin, stored beside it: a window of it is read without the rest. */
export interface LineIndex {
  /** Lines of the text; a final newline starts none. */
  readonly total: number;
  readonly finalNewline: boolean;
  /** Newlines in front of each block of the text. */
  readonly before: readonly number[];
}

/** Whether what stands beside a text is an index of it; another program may have put anything there, or nothing. */
export const isLineIndex = (value: unknown): value is LineIndex =>
  Array.isArray((value as Partial<LineIndex> | null)?.before);

/** Length of a block: what a window of a large file costs at least, and an entry of the index. */
export const BLOCK_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** Blocks that are indexed at a stretch. */
const BLOCKS_AT_ONCE = 16;

/**
 * Indexes a text; one pass over it, in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function indexLines(text: Uint8Array, call?: CallTime): Promise<LineIndex> {
  const before: number[] = [];
  let newlines = 0;
  for (let start = 0; start < text.length; start += BLOCK_BYTES) {
    before.push(newlines);
    newlines += countNewlines(text, start, Math.min(start + BLOCK_BYTES, text.length));
    if (before.length % BLOCKS_AT_ONCE === 0) await nextTurn(call);
  }
  const finalNewline = text.at(-1) === NEWLINE;
  return { total: finalNewline || text.length === 0 ? newlines : newlines + 1, finalNewline, before };
}

function countNewlines(text: Uint8Array, start: number, end: number): number {
  let newlines = 0;
  for (let i = start; i < end; i++) if (text[i] === NEWLINE) newlines++;
  return newlines;
}

/** Blocks that hold some lines. */
export interface Blocks {
  /** In bytes from the beginning of the text. */
  readonly start: number;
  readonly length: number;
  /** Newlines in them that come before the first line. */
  readonly skip: number;
  /** How many lines. */
  readonly count: number;
}

/** Finds the blocks of a window; `count` is 0 when it lies behind the end of the text. */
export function findBlocks({ total, before }: LineIndex, offset: number, limit: number): Blocks {
  const count = Math.max(0, Math.min(limit, total - offset));
  // A line begins behind the newline that ends the one before it.
  const first = blockOfNewline(before, offset);
  const last = blockOfNewline(before, offset + count);
  return {
    start: first * BLOCK_BYTES,
    length: (last - first + 1) * BLOCK_BYTES,
    skip: offset - (before[first] ?? 0),
    count,
  };
}

/** The block with the text's `nth` newline, counted from 1; the first one for 0. */
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

/** Takes the lines out of their blocks, without their last newline. */
export function cutBlocks(bytes: Uint8Array, { skip, count }: Blocks): Uint8Array {
  const start = behindNewlines(bytes, skip, 0);
  const end = behindNewlines(bytes, count, start);
  return bytes.subarray(start, bytes[end - 1] === NEWLINE ? end - 1 : end);
}

/** Where the text goes on behind some newlines; its end when it has fewer. */
function behindNewlines(bytes: Uint8Array, newlines: number, from: number): number {
  let at = from;
  for (let i = 0; i < newlines; i++) {
    const next = bytes.indexOf(NEWLINE, at);
    if (next === -1) return bytes.length;
    at = next + 1;
  }
  return at;
}
