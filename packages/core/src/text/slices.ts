/**
 * Slice size of large files, in bytes or UTF-16 units, after which other work gets a turn: a few milliseconds of
 * processing. Smaller files are processed in one go.
 */
export const SLICE = 1024 * 1024;

/** Cuts a text into slices, never inside a surrogate pair. An empty text has no slices. */
export function* textSlices(text: string, size = SLICE): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = start + size;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    yield text.slice(start, end);
    start = end;
  }
}

/** True for the first half of a surrogate pair; false for NaN. */
export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Cuts UTF-8 into slices, never inside a character. Empty input has no slices. */
export function* utf8Slices(bytes: Uint8Array, size = SLICE): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = endOfCharacters(bytes, start + size);
    yield bytes.subarray(start, end > start ? end : start + size);
    start = end > start ? end : start + size;
  }
}

/** Longest UTF-8 sequence of a character, in bytes. */
const CHARACTER_BYTES = 4;

/** Returns the last position up to `end` that splits no character; invalid UTF-8 may be cut anywhere. */
export function endOfCharacters(bytes: Uint8Array, end: number): number {
  if (end >= bytes.length) return bytes.length;
  for (let at = end; at > end - CHARACTER_BYTES && at > 0; at--) {
    // Every byte of a sequence but the first is 10xxxxxx.
    if ((bytes[at]! & 0xc0) !== 0x80) return at;
  }
  return end;
}
