import { nextTurn } from "@deepagents-remote/core/adapter";

/** Bytes whose digits are made at once. A multiple of 3, so that every slice but the last is without padding. */
const SLICE_BYTES = 3 * 64 * 1024;

/** Number of digits for so many bytes. */
export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

/** The digits for bytes, in slices that can be joined. */
export function* base64Slices(bytes: Uint8Array): Generator<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length; at += SLICE_BYTES) {
    yield buffer.toString("base64", at, Math.min(at + SLICE_BYTES, buffer.length));
  }
}

/** The digits for bytes, with turns of the event loop between slices. */
export async function toBase64(bytes: Uint8Array): Promise<string> {
  const digits = Buffer.allocUnsafe(base64Length(bytes.length));
  let end = 0;
  for (const slice of base64Slices(bytes)) {
    if (end > 0) await nextTurn();
    end += digits.write(slice, end, "latin1");
  }
  // Not joined from strings: a large one that comes from a buffer lies outside of JavaScript's heap.
  return digits.toString("latin1");
}

/** PostgreSQL breaks base64 into lines of 76 digits, each for 57 bytes. */
const LINE_BYTES = 57;
const LINE_DIGITS = 77;
const PIECE_DIGITS = 10_000 * LINE_DIGITS;

export function fromBase64(column: Buffer): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(column.length / LINE_DIGITS) * LINE_BYTES);
  return bytes.subarray(0, decodeBase64Into(bytes, 0, column));
}

/**
 * Decodes by pieces: Node decodes strings only, and one of the whole column would be as large as the column.
 * @returns Where the bytes of the column end in `bytes`.
 */
export function decodeBase64Into(bytes: Uint8Array, start: number, column: Buffer): number {
  const target = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = start;
  for (let at = 0; at < column.length; at += PIECE_DIGITS) {
    end += target.write(column.toString("latin1", at, at + PIECE_DIGITS), end, "base64");
  }
  return end;
}
