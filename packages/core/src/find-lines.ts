import { detach } from "./detach.js";

/** One line of a text that contains what was searched. */
export interface FoundLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * Finds the lines that contain a literal, case-sensitively. An empty literal is in every line, one with a newline
 * in none.
 */
export function* findLines(text: string, literal: string): Generator<FoundLine> {
  if (literal.includes("\n")) return;
  let line = 1;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf(literal, start);
    if (found === -1) return;
    for (let end = text.indexOf("\n", start); end !== -1 && end < found; end = text.indexOf("\n", start)) {
      start = end + 1;
      line++;
    }
    const newline = text.indexOf("\n", found);
    const end = newline === -1 ? text.length : newline;
    yield { line, text: detach(text, start, end) };
    start = end + 1;
    line++;
  }
}

/** What a search returns at most, in bytes; of one file too, or one of nothing but newlines would fill the memory. */
export const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The first lines that contain a literal.
 * @param limit Lines at most; fewer when they are very long.
 */
export function takeLines(text: string, literal: string, limit: number): FoundLine[] {
  const lines: FoundLine[] = [];
  let bytes = 0;
  for (const found of findLines(text, literal)) {
    if (lines.length >= limit || bytes > MAX_BYTES) break;
    lines.push(found);
    bytes += found.text.length;
  }
  return lines;
}
