import { decodeUtf8 } from "@deepagents-remote/core/adapter";
import { BLOCK_BYTES } from "./line-index.js";

/** Bytes on both sides of a block that come with it: most lines that cross its ends are whole then. */
export const MARGIN_BYTES = 1024;

const NEWLINE = 0x0a;

/** A block of a text that contains a literal. */
export interface FoundBlock {
  /** From 0. */
  readonly number: number;
  /** Newlines of the text in front of the block. */
  readonly before: number;
  /** The block with a margin on both sides, where there is one. */
  readonly piece: Buffer;
}

/** A line that contains a literal which begins in the block. */
export interface FoundInBlock {
  /** Line number in the text, from 1. */
  readonly number: number;
  /** `undefined` when the line is longer than what came of it. */
  readonly text: string | undefined;
}

/**
 * Cuts lines out of a block.
 * @param size Of the text, in bytes.
 * @param pattern Without newline; the empty one is in every line.
 */
export function* cutFoundLines(
  { number, before, piece }: FoundBlock,
  size: number,
  pattern: Buffer,
): Generator<FoundInBlock> {
  const start = number * BLOCK_BYTES;
  const lead = Math.min(start, MARGIN_BYTES);
  const first = start - lead;
  const end = Math.min(lead + BLOCK_BYTES, size - first);
  const isWhole = first + piece.length >= size;
  let line = before + 1;
  let counted = lead;
  for (let at = piece.indexOf(pattern, lead); at !== -1 && at < end; at = piece.indexOf(pattern, at)) {
    line += countNewlines(piece, counted, at);
    counted = at;
    const from = at === 0 ? 0 : piece.lastIndexOf(NEWLINE, at - 1) + 1;
    const newline = piece.indexOf(NEWLINE, at);
    const isComplete = (from > 0 || first === 0) && (newline !== -1 || isWhole);
    const to = newline === -1 ? piece.length : newline;
    yield { number: line, text: isComplete ? decodeUtf8(piece.subarray(from, to)) : undefined };
    if (newline === -1) return;
    at = newline + 1;
  }
}

function countNewlines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1 && at < to; at = bytes.indexOf(NEWLINE, at + 1))
    count++;
  return count;
}
