import { nextTurn } from "@deepagents-remote/core/adapter";
import type { LargeParameter } from "../connection/large-parameters.js";

/** Number of bytes to encode per slice. A multiple of 3, so that only the last slice has padding. */
const SLICE_BYTES = 3 * 64 * 1024;

/** Returns the length of the base64 of `bytes` bytes. */
const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

/** Encodes bytes in slices that can be concatenated. */
export function* base64Slices(bytes: Uint8Array): Generator<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length; at += SLICE_BYTES) {
    yield buffer.toString("base64", at, Math.min(at + SLICE_BYTES, buffer.length));
  }
}

/** Encodes bytes, yielding to the event loop between slices. */
export const base64Parameter = (bytes: Uint8Array): LargeParameter => ({
  length: base64Length(bytes.length),
  slices: () => base64Slices(bytes),
});

export async function toBase64(bytes: Uint8Array): Promise<string> {
  const digits = Buffer.allocUnsafe(base64Length(bytes.length));
  let end = 0;
  for (const slice of base64Slices(bytes)) {
    if (end > 0) await nextTurn();
    end += digits.write(slice, end, "latin1");
  }
  // Not concatenated from strings: a large string that is created from a buffer lies outside the JavaScript heap.
  return digits.toString("latin1");
}

/** PostgreSQL breaks base64 into lines of 76 characters, each for 57 bytes. */
const LINE_BYTES = 57;
const LINE_DIGITS = 77;
const PIECE_DIGITS = 10_000 * LINE_DIGITS;

export function fromBase64(column: Buffer): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(column.length / LINE_DIGITS) * LINE_BYTES);
  return bytes.subarray(0, decodeBase64Into(bytes, 0, column));
}

/**
 * Decodes a column in pieces: Node only decodes strings, and a string of the whole column would be as large as the
 * column.
 * @returns End of the column's bytes in `bytes`.
 */
export function decodeBase64Into(bytes: Uint8Array, start: number, column: Buffer): number {
  const target = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = start;
  for (let at = 0; at < column.length; at += PIECE_DIGITS) {
    end += target.write(column.toString("latin1", at, at + PIECE_DIGITS), end, "base64");
  }
  return end;
}
