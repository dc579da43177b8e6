import { BLOCK_BYTES, countNewlines, decodeUtf8, NEWLINE } from "@deepagents-remote/core/adapter";

/** Bytes fetched on both sides of a block, so that most lines that cross its ends are complete. */
export const MARGIN_BYTES = 1024;

/** A block of a text that contains a literal. */
export interface FoundBlock {
  /** Block number, from 0. */
  readonly number: number;
  /** Number of newlines in the text before the block. */
  readonly before: number;
  /** The block with the available margin on both sides. */
  readonly piece: Buffer;
}

/** A line with an occurrence of the literal that starts in the block. */
export interface FoundInBlock {
  /** Line number in the text, from 1. */
  readonly number: number;
  /** Text of the line; `undefined` if the line extends beyond the fetched bytes. */
  readonly text: string | undefined;
}

/**
 * Extracts the matching lines of a block.
 * @param size Size of the text, in bytes.
 * @param pattern Literal without newlines; the empty one matches every line.
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
