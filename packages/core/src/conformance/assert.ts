import { inspect } from "node:util";

/** A rule that does not hold: what was looked at, what was expected, what came. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** What is shown in the place of the case's last calls, where others matter. */
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

/** A value for people, on one line: control characters visible, long ones shortened. */
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

/** Neither JSON nor `inspect` escapes these, and a failure about one of them would show two equal texts. */
const visible = (text: string): string =>
  text.replace(
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function showBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 24), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length} bytes <${hex}${bytes.length > 24 ? " ..." : ""}>`;
}

/** Whether a value is bytes, of this realm or another. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * Deep equality of answers: bytes by value whatever their class, times by theirs, a key that is `undefined` as if it
 * were absent.
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

/** Fails unless `got` equals `expected`, see {@link isSame}. `what` says what is looked at. */
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

/** Where two long sequences start to differ, if they share a beginning that is better not shown. */
function firstDifference(a: unknown, b: unknown): number | undefined {
  if (!isSequence(a) || !isSequence(b) || Math.max(a.length, b.length) < SHORT) return undefined;
  let i = 0;
  while (i < a.length && i < b.length && isSame(a[i], b[i])) i += 1;
  return i > 10 ? i - 5 : undefined;
}

const tail = (value: unknown, from: number) => (isSequence(value) ? value.slice(from) : value);

/** Fails unless `holds`; `expected` says in words what was expected of `got`. */
export function check(holds: boolean, what: string, expected: string, got: unknown): asserts holds {
  if (!holds) throw new ConformanceFailure(what, expected, show(got));
}

/** Fails when an answer carries an error. */
export function succeeds(what: string, answer: { error?: unknown }): void {
  check(answer.error === undefined || answer.error === null, what, "success", answer);
}

/** Fails unless an answer carries an error, a sentence in which every one of `words` is found; returns it. */
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
