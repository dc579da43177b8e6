/** Number of bytes examined. */
const SAMPLE = 4_096;

/**
 * Recognizes UTF-16 text, with or without a byte order mark: most characters have a zero byte, always in the same half.
 * Windows programs write it; decoded as UTF-8 it is full of NULs.
 * @returns The name of the encoding, or `undefined`.
 */
export function utf16Name(bytes: Uint8Array): "UTF-16LE" | "UTF-16BE" | undefined {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return undefined;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "UTF-16LE";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "UTF-16BE";
  // Buffer.includes uses `memchr`, which is fast; this runs for every upload.
  const sample = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SAMPLE));
  if (!sample.includes(0)) return undefined;
  let first = 0;
  let second = 0;
  for (let i = 0; i < sample.length; i += 2) {
    if (sample[i] === 0) first++;
    if (sample[i + 1] === 0) second++;
  }
  const most = sample.length / 2 / 2;
  if (first === 0 && second > most) return "UTF-16LE";
  return second === 0 && first > most ? "UTF-16BE" : undefined;
}
