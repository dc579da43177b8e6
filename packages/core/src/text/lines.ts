import type { ReadResult } from "../protocol/protocol.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import { detach } from "./detach.js";
import { SLICE } from "./slices.js";

/** A window of a text file. */
export interface LineWindow {
  readonly lines: readonly string[];
  /** Lines of the whole file; a final newline starts none. */
  readonly total: number;
  /** Whether the file ends in a newline. */
  readonly finalNewline: boolean;
}

/** The end of a file: lines end with `\n` only, and a final one starts no further line. */
export function countLines(text: string): number {
  if (text === "") return 0;
  let lines = text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Where a line starts, in UTF-16 units; the length of the text when it has no such line. */
function startOfLine(text: string, line: number, from = 0): number {
  let at = from;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf("\n", at);
    if (next === -1) return text.length;
    at = next + 1;
  }
  return at;
}

/**
 * Cuts lines out of a text without splitting all of it.
 * @param offset The first line, from 0.
 * @param limit Lines at most; may be infinite.
 */
export function cutLines(text: string, offset: number, limit: number): LineWindow {
  const total = countLines(text);
  const count = Math.min(limit, Math.max(0, total - offset));
  const finalNewline = text.endsWith("\n");
  if (count === 0) return { lines: [], total, finalNewline };
  const start = startOfLine(text, offset);
  const end =
    offset + count < total ? startOfLine(text, count, start) - 1 : text.length - (finalNewline ? 1 : 0);
  return { lines: detach(text, start, end).split("\n"), total, finalNewline };
}

/** Cuts lines out of a text that is stored as the array of its parts between newlines. */
export function cutLineArray(parts: readonly string[], offset: number, limit: number): LineWindow {
  const finalNewline = parts.length > 1 && parts.at(-1) === "";
  const total = parts.at(-1) === "" ? parts.length - 1 : parts.length;
  return { lines: parts.slice(offset, Math.min(offset + limit, total)), total, finalNewline };
}

/** Line numbers of a caller as deepagents normalises them; an infinite limit means all lines. */
export function normalizeWindow(offset: number, limit: number): { offset: number; limit: number } {
  const whole = (n: number) => (Number.isFinite(n) ? Math.max(0, Math.floor(n)) : 0);
  return { offset: whole(offset), limit: limit === Number.POSITIVE_INFINITY ? limit : whole(limit) };
}

/** Lines cut out of a text, without their last newline. */
export interface TextWindow extends Omit<LineWindow, "lines"> {
  readonly content: string;
}

/**
 * `cutLines` in slices, without an array of the lines.
 * @throws RemoteBackendError `timeout`
 */
export async function cutTextInSlices(
  text: string,
  offset: number,
  limit: number,
  call?: CallTime,
  size = SLICE,
): Promise<TextWindow> {
  if (text.length <= size) {
    const { lines, ...window } = cutLines(text, offset, limit);
    return { ...window, content: lines.join("\n") };
  }
  const finalNewline = text.endsWith("\n");
  let total = 0;
  let start = text.length;
  let end = text.length - (finalNewline ? 1 : 0);
  for (const { at, lines } of lineSlices(text, size)) {
    const count = countLines(lines);
    if (offset >= total && offset < total + count) start = at + startOfLine(lines, offset - total);
    const next = offset + limit;
    if (next >= total && next < total + count) end = Math.max(0, at + startOfLine(lines, next - total) - 1);
    total += count;
    await nextTurn(call);
  }
  const isEmpty = limit === 0 || offset >= total;
  return { content: isEmpty ? "" : detach(text, start, Math.max(start, end)), total, finalNewline };
}

/** Cuts a text into slices of whole lines. */
export function* lineSlices(text: string, size = SLICE): Generator<{ at: number; lines: string }> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at + size - 1);
    const end = newline === -1 ? text.length : newline + 1;
    yield { at, lines: text.slice(at, end) };
    at = end;
  }
}

/**
 * The answer of `read` for a window of text. A window that reaches past the last line includes the final newline,
 * as deepagents' FilesystemBackend does: without it a last blank line would disappear from what the model sees.
 */
export function readResult(window: TextWindow, offset: number, limit: number, mimeType: string): ReadResult {
  const { content: lines, total, finalNewline } = window;
  if (offset >= total) {
    return { error: `Line offset ${offset} exceeds file length (${total} lines)` };
  }
  const end = Math.min(offset + limit, total);
  const content = lines + (finalNewline && offset + limit > total ? "\n" : "");
  if (end === offset) return { content, mimeType };
  return {
    content,
    mimeType,
    totalLines: total,
    startLine: offset + 1,
    endLine: end,
    ...(end < total && { nextOffset: end }),
  };
}
