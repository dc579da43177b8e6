import { RemoteBackendError } from "../support/errors.js";
import { choice, literal, type Node, sequence } from "./syntax.js";

// Longer numbers would lose their last digits, so they are literal, like anything else that is not a range.
const RANGE = /^(?:(-?\d{1,15})\.\.(-?\d{1,15})|(\p{L})\.\.(\p{L}))(?:\.\.-?(\d{1,15}))?$/u;
const PADDED = /^(?:-?\d+\.\.)?-?0\d/;

/** True if `{inner}` is a range such as `{a..e}`, `{01..10}` or `{1..9..2}`. */
export const isRange = (inner: string): boolean => RANGE.test(inner);

/**
 * Expands a range as bash does: leading zeros of either end pad all values.
 *
 * @param limit Maximum number of values.
 */
export function rangeValues(inner: string, limit: number): string[] {
  const [, first, last, firstLetter, lastLetter, by] = RANGE.exec(inner)!;
  const from = firstLetter ? firstLetter.codePointAt(0)! : Number(first);
  const to = lastLetter ? lastLetter.codePointAt(0)! : Number(last);
  const step = Number(by) || 1;
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > limit) {
    throw new RemoteBackendError(
      "invalid-options",
      `The range {${inner}} brings the glob pattern to more than 1,000 values. Use a smaller range, or *.`,
    );
  }
  const width = PADDED.test(inner) ? Math.max(first!.length, last!.length) : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = from + (from < to ? index : -index) * step;
    if (firstLetter) return String.fromCodePoint(value);
    return value < 0 ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
  });
}

/** Builds a tree that matches any of the words. Common prefixes are shared, so few states are active at once. */
export function anyOf(words: readonly string[]): Node {
  const rests = new Map<string, string[]>();
  for (const word of words) {
    const [head = ""] = word;
    const rest = word.slice(head.length);
    if (!rests.get(head)?.push(rest)) rests.set(head, [rest]);
  }
  return choice(
    [...rests].map(([head, rest]) => sequence(head === "" ? [] : [...literal(head), anyOf(rest)])),
  );
}
