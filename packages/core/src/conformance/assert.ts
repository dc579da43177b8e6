import { inspect } from "node:util";

/** Violation of a rule: the subject of the check, the expected value and the actual one. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** Shown instead of the case's last calls, if other calls matter. */
  readonly calls: readonly string[] | undefined;

  constructor(what: string, expected: string, got: string, calls?: readonly string[]) {
    super(`${what}: expected ${expected}, got ${got}`);
    this.what = what;
    this.expected = expected;
    this.got = got;
    this.calls = calls;
  }
}

const LONGEST = 400;

/** Formats a value on one line for people: control characters visible, long values shortened. */
export function show(value: unknown): string {
  if (typeof value === "string") return showText(value);
  if (isBytes(value)) return showBytes(value);
  const whole = inspect(value, {
    depth: 4,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxArrayLength: 20,
    maxStringLength: 200,
  });
  const line = visible(whole.replace(/\n\s*/g, " "));
  return line.length > 2 * LONGEST ? `${line.slice(0, 2 * LONGEST)} ...` : line;
}

function showText(text: string): string {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  const quoted = visible(JSON.stringify(short));
  return short === text ? quoted : `${quoted} ... (${text.length} characters)`;
}

/** Escapes characters that neither JSON nor `inspect` escapes; without it, a failure could show two equal texts. */
const visible = (text: string): string =>
  text.replace(
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function showBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 24), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length} bytes <${hex}${bytes.length > 24 ? " ..." : ""}>`;
}

/** True for bytes, of this realm or another. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * Compares answers deeply: bytes by value regardless of their class, dates by time; a key that is `undefined` counts as
 * absent.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (isBytes(a) && isBytes(b)) return a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (isBytes(a) || isBytes(b) || !isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b))
    return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Fails unless `got` equals `expected`, see {@link isSame}. `what` names the subject of the check. */
export function equal(what: string, got: unknown, expected: unknown): void {
  if (isSame(got, expected)) return;
  const from = firstDifference(got, expected);
  if (from === undefined) throw new ConformanceFailure(what, show(expected), show(got));
  throw new ConformanceFailure(`${what}, from ${from} on`, show(tail(expected, from)), show(tail(got, from)));
}

const SHORT = 40;

type Sequence = { readonly length: number; slice(from: number): unknown; readonly [i: number]: unknown };

const isSequence = (value: unknown): value is Sequence =>
  typeof value === "string" || Array.isArray(value) || isBytes(value);

/** Returns the index at which two long sequences start to differ, if their common prefix should be omitted. */
function firstDifference(a: unknown, b: unknown): number | undefined {
  if (!isSequence(a) || !isSequence(b) || Math.max(a.length, b.length) < SHORT) return undefined;
  let i = 0;
  while (i < a.length && i < b.length && isSame(a[i], b[i])) i += 1;
  return i > 10 ? i - 5 : undefined;
}

const tail = (value: unknown, from: number) => (isSequence(value) ? value.slice(from) : value);

/** Fails unless `holds`; `expected` describes the expected value of `got`. */
export function check(holds: boolean, what: string, expected: string, got: unknown): asserts holds {
  if (!holds) throw new ConformanceFailure(what, expected, show(got));
}

/** Fails if an answer carries an error. */
export function succeeds(what: string, answer: { error?: unknown }): void {
  check(answer.error === undefined || answer.error === null, what, "success", answer);
}

/** Fails unless an answer carries an error whose sentence matches each of `words`; returns the error. */
export function refuses(
  what: string,
  answer: { error?: unknown },
  ...words: readonly (string | RegExp)[]
): string {
  const { error } = answer;
  check(typeof error === "string" && error !== "", what, "an error", answer);
  for (const word of words) {
    const found = typeof word === "string" ? error.includes(word) : word.test(error);
    check(found, what, `an error with ${typeof word === "string" ? show(word) : word}`, error);
  }
  return error;
}
