import type { ReadResult } from "../protocol/protocol.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import { copySlice } from "./copy-slice.js";
import { SLICE } from "./slices.js";
import { decodeUtf8InSlices } from "./utf8.js";

/** Window of a text file. */
export interface LineWindow {
  readonly lines: readonly string[];
  /** Number of lines of the whole file; a final newline does not start another line. */
  readonly total: number;
  /** True if the file ends in a newline. */
  readonly finalNewline: boolean;
}

/** Text as a string or as UTF-8. */
export type Text = string | Uint8Array;

const NEWLINE = 0x0a;

const indexOfNewline = (text: Text, from: number): number =>
  typeof text === "string" ? text.indexOf("\n", from) : text.indexOf(NEWLINE, from);

const endsInNewline = (text: Text): boolean =>
  typeof text === "string" ? text.endsWith("\n") : text.at(-1) === NEWLINE;

/** Counts lines. Only `\n` ends a line; a final one does not start another. */
export function countLines(text: Text): number {
  if (text.length === 0) return 0;
  let lines = endsInNewline(text) ? 0 : 1;
  for (let at = indexOfNewline(text, 0); at !== -1; at = indexOfNewline(text, at + 1)) lines++;
  return lines;
}

/** Returns the position at which a line starts; the length of the text if there is no such line. */
function startOfLine(text: Text, line: number, from = 0): number {
  let at = from;
  for (let i = 0; i < line; i++) {
    const next = indexOfNewline(text, at);
    if (next === -1) return text.length;
    at = next + 1;
  }
  return at;
}

/**
 * Cuts lines out of a text without splitting all of it.
 * @param offset First line, from 0.
 * @param limit Maximum number of lines; may be infinite.
 */
export function cutLines(text: string, offset: number, limit: number): LineWindow {
  const { content, ...window } = cutTextWindow(text, offset, limit);
  return { ...window, lines: limit === 0 || offset >= window.total ? [] : content.split("\n") };
}

/** `cutLines` without an array of the lines. */
function cutTextWindow(text: string, offset: number, limit: number): TextWindow {
  const total = countLines(text);
  const count = Math.min(limit, Math.max(0, total - offset));
  const finalNewline = text.endsWith("\n");
  if (count === 0) return { content: "", total, finalNewline };
  const start = startOfLine(text, offset);
  const end =
    offset + count < total ? startOfLine(text, count, start) - 1 : text.length - (finalNewline ? 1 : 0);
  return { content: copySlice(text, start, end), total, finalNewline };
}

/** Cuts lines out of a text that is stored as the array of its parts between newlines. */
export function cutLineArray(parts: readonly string[], offset: number, limit: number): LineWindow {
  const finalNewline = parts.length > 1 && parts.at(-1) === "";
  const total = parts.at(-1) === "" ? parts.length - 1 : parts.length;
  return { lines: parts.slice(offset, Math.min(offset + limit, total)), total, finalNewline };
}

/** Normalizes a caller's line numbers as deepagents does; an infinite limit means all lines. */
export function normalizeWindow(offset: number, limit: number): { offset: number; limit: number } {
  const whole = (n: number) => (Number.isFinite(n) ? Math.max(0, Math.floor(n)) : 0);
  return { offset: whole(offset), limit: limit === Number.POSITIVE_INFINITY ? limit : whole(limit) };
}

/** Lines cut out of a text, without their last newline. */
export interface TextWindow extends Omit<LineWindow, "lines"> {
  readonly content: string;
}

/**
 * `cutLines` in slices, without an array of the lines. For UTF-8, only the window is decoded.
 * @throws RemoteBackendError `timeout`
 */
export async function cutTextInSlices(
  text: Text,
  offset: number,
  limit: number,
  options?: CallTime,
  size = SLICE,
): Promise<TextWindow> {
  if (typeof text === "string" && text.length <= size) return cutTextWindow(text, offset, limit);
  const finalNewline = endsInNewline(text);
  let total = 0;
  let start = text.length;
  let end = text.length - (finalNewline ? 1 : 0);
  for (const { at, lines } of lineSlices(text, size)) {
    const count = countLines(lines);
    if (offset >= total && offset < total + count) start = at + startOfLine(lines, offset - total);
    const next = offset + limit;
    if (next >= total && next < total + count) end = Math.max(0, at + startOfLine(lines, next - total) - 1);
    total += count;
    await nextTurn(options);
  }
  const isEmpty = limit === 0 || offset >= total;
  const content = isEmpty ? "" : await cutText(text, start, Math.max(start, end), options, size);
  return { content, total, finalNewline };
}

async function cutText(text: Text, start: number, end: number, options: CallTime | undefined, size: number) {
  if (typeof text === "string") return copySlice(text, start, end);
  const part = await decodeUtf8InSlices(text.subarray(start, end), options, size);
  if (part === undefined) throw new TypeError("The bytes of a text must be UTF-8.");
  return part;
}

/** Cuts a text into slices of whole lines. */
export function* lineSlices<T extends Text>(text: T, size = SLICE): Generator<{ at: number; lines: T }> {
  for (let at = 0; at < text.length; ) {
    const newline = indexOfNewline(text, at + size - 1);
    const end = newline === -1 ? text.length : newline + 1;
    yield { at, lines: (typeof text === "string" ? text.slice(at, end) : text.subarray(at, end)) as T };
    at = end;
  }
}

/**
 * Returns the answer of `read` for a window of text. A window that reaches past the last line includes the final
 * newline, as deepagents' FilesystemBackend does: without it, a last blank line would be invisible to the model.
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
