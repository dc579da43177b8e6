import { type CallTime, nextTurn } from "../support/pace.js";
import { copySlice } from "./copy-slice.js";
import { countLines, lineSlices, type Text } from "./lines.js";
import { Literal } from "./literal.js";
import { SLICE } from "./slices.js";
import { decodeUtf8InSlices } from "./utf8.js";

/** Line of a text that contains the pattern. */
export interface FoundLine {
  /** Line number, from 1. */
  readonly line: number;
  /** Text without its newline, as `cutLine` cuts it. */
  readonly text: string;
}

/** Longest text of a match, in UTF-16 units. */
const MAX_LINE_LENGTH = 10_000;
/** Length of an excerpt; the rest is reserved for its two marks. */
const EXCERPT_LENGTH = MAX_LINE_LENGTH - 100;
/** Number of characters of an excerpt before the pattern. */
const LEAD = 1_000;

/**
 * Shortens a line of more than 10,000 characters to the part around the first occurrence of a literal. Marks in
 * brackets report the number of omitted characters. Shorter lines stay as they are.
 */
export const cutLine = (line: string, pattern: string): string =>
  cutOut(line, 0, line.length, line.indexOf(pattern));

/** Returns the line between `start` and `end` with a literal at `found`, whole or as an excerpt. */
function cutOut(text: string, start: number, end: number, found: number): string {
  if (end - start <= MAX_LINE_LENGTH) return copySlice(text, start, end);
  const from = Math.max(start, Math.min(found - LEAD, end - EXCERPT_LENGTH));
  const first = startsInPair(text, from) ? from + 1 : from;
  const to = first + EXCERPT_LENGTH;
  const last = startsInPair(text, to) ? to - 1 : Math.min(to, end);
  return mark(first - start) + copySlice(text, first, last) + mark(end - last);
}

const mark = (characters: number): string => (characters > 0 ? `[${characters} characters cut]` : "");

/** True if a cut at this position would split a surrogate pair. */
function startsInPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * Finds the lines that contain a literal, case-sensitively. An empty literal is in every line, one with a newline
 * in none.
 */
export function* findLines(text: string, pattern: string): Generator<FoundLine> {
  if (pattern.includes("\n")) return;
  const literal = new Literal(pattern);
  let line = 1;
  for (let start = 0; start < text.length; ) {
    const found = literal.indexOf(text, start);
    if (found === -1) return;
    for (let end = text.indexOf("\n", start); end !== -1 && end < found; end = text.indexOf("\n", start)) {
      start = end + 1;
      line++;
    }
    const newline = text.indexOf("\n", found);
    const end = newline === -1 ? text.length : newline;
    yield { line, text: cutOut(text, start, end, found) };
    start = end + 1;
    line++;
  }
}

/** Maximum bytes of matches that a search returns, from one file or from all together. */
export const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Returns the first lines that contain a literal.
 * @param limit Maximum number of lines; fewer are returned if they exceed 32 MB.
 */
export function takeLines(text: string, pattern: string, limit: number): FoundLine[] {
  const lines: FoundLine[] = [];
  let bytes = 0;
  for (const found of findLines(text, pattern)) {
    if (lines.length >= limit || bytes > MAX_BYTES) break;
    lines.push(found);
    bytes += found.text.length;
  }
  return lines;
}

/**
 * `takeLines` in slices. UTF-8 slices are decoded only if they contain the literal.
 * @throws RemoteBackendError `timeout`
 */
export async function takeLinesInSlices(
  text: Text,
  pattern: string,
  limit: number,
  options?: CallTime,
  size = SLICE,
): Promise<FoundLine[]> {
  if (typeof text === "string" && text.length <= size) return takeLines(text, pattern, limit);
  const found: FoundLine[] = [];
  const literal = new Literal(pattern);
  let before = 0;
  let bytes = 0;
  for (const { lines } of lineSlices(text, size)) {
    const decoded = typeof lines === "string" ? lines : await decodeIfFound(lines, literal, options, size);
    for (const match of takeLines(decoded, pattern, limit - found.length)) {
      if (bytes > MAX_BYTES) return found;
      found.push({ line: before + match.line, text: match.text });
      bytes += match.text.length;
    }
    if (found.length >= limit) return found;
    before += countLines(lines);
    await nextTurn(options);
  }
  return found;
}

/** Decodes lines that may contain a literal; others become an empty text. */
async function decodeIfFound(
  lines: Uint8Array,
  literal: Literal,
  options: CallTime | undefined,
  size: number,
) {
  return literal.mayBeIn(lines) ? ((await decodeUtf8InSlices(lines, options, size)) ?? "") : "";
}
