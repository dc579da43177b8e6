import { type CallTime, nextTurn } from "../support/pace.js";
import { countLines, lineSlices } from "./lines.js";
import { SLICE } from "./slices.js";

/** Part of two texts that contains all their differences, in whole lines of UTF-8. */
export interface ChangedPart {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Number of equal lines before the part. */
  readonly line: number;
}

const NEWLINE = 0x0a;

/**
 * Finds the part in which two texts in UTF-8 differ, in slices.
 * @param context Maximum number of equal lines to include before and after it; there may be one more.
 * @returns `undefined` for equal texts.
 * @throws RemoteBackendError `timeout`
 */
export async function changedPart(
  before: Uint8Array,
  after: Uint8Array,
  context: number,
  options?: CallTime,
  size = SLICE,
): Promise<ChangedPart | undefined> {
  const [a, b] = [asBuffer(before), asBuffer(after)];
  const shorter = Math.min(a.length, b.length);
  const prefix = await commonLength(
    shorter,
    (from, to) => a.subarray(from, to).equals(b.subarray(from, to)),
    options,
    size,
  );
  if (prefix === a.length && prefix === b.length) return undefined;
  const suffix = await commonLength(
    shorter - prefix,
    (from, to) => fromEnd(a, from, to).equals(fromEnd(b, from, to)),
    options,
    size,
  );
  const start = startOfLines(a.subarray(0, prefix), context);
  const rest = suffix - endOfLines(a.subarray(a.length - suffix), context);
  let line = 0;
  for (const { lines } of lineSlices(a.subarray(0, start), size)) {
    line += countLines(lines);
    await nextTurn(options);
  }
  return {
    before: a.subarray(start, a.length - rest),
    after: b.subarray(start, b.length - rest),
    line,
  };
}

/** Views bytes as a Buffer, whose searches and comparisons are fast. */
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const fromEnd = (bytes: Buffer, from: number, to: number): Buffer =>
  bytes.subarray(bytes.length - to, bytes.length - from);

/** Returns the length up to which two texts are the same, by slices and then by bisection. */
async function commonLength(
  max: number,
  isSame: (from: number, to: number) => boolean,
  options: CallTime | undefined,
  size: number,
): Promise<number> {
  let low = 0;
  while (low < max && isSame(low, Math.min(low + size, max))) {
    low = Math.min(low + size, max);
    await nextTurn(options);
  }
  let high = Math.min(low + size, max);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSame(low, middle + 1)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the start of the last line of a text, or of a line up to `context` lines before it. */
function startOfLines(text: Buffer, context: number): number {
  let start = text.lastIndexOf(NEWLINE) + 1;
  for (let i = 0; i < context && start > 0; i++) {
    start = text.subarray(0, start - 1).lastIndexOf(NEWLINE) + 1;
  }
  return start;
}

/** Returns the end of the first line of a text, or of a line up to `context` lines after it. */
function endOfLines(text: Buffer, context: number): number {
  let end = 0;
  for (let i = 0; i <= context; i++) {
    const newline = text.indexOf(NEWLINE, end);
    if (newline === -1) return text.length;
    end = newline + 1;
  }
  return end;
}
