/** Size of one part of a batch. */
const PART = { files: 1_000, bytes: 16 * 1024 * 1024 };

/**
 * Divides a batch into parts of up to 1,000 files and 16 MB, or one larger file. Each part has an operation's time, and what
 * is not sent when that is up is known to be unchanged.
 * @param bytesOf Size of an item in bytes.
 */
export function partsOf<T>(items: readonly T[], bytesOf: (item: T) => number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const part = parts.at(-1);
    if (part && part.length < PART.files && bytes + size <= PART.bytes) {
      part.push(item);
      bytes += size;
    } else {
      parts.push([item]);
      bytes = size;
    }
  }
  return parts;
}

/** Number of parts of a batch: what the operation's time is multiplied by. */
export const countParts = <T>(items: readonly T[], bytesOf: (item: T) => number): number =>
  Math.max(1, partsOf(items, bytesOf).length);
