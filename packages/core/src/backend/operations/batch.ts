/** Largest part of a batch. */
const PART = { files: 1_000, bytes: 16 * 1024 * 1024 };

/**
 * Divides a batch into parts of up to 1,000 files and 16 MB; a larger file is a part of its own. Each part extends the
 * deadline by the time of one operation, and files that are not sent before it are known to be unchanged.
 * @param bytesOf Returns the size of an item in bytes.
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

/** Returns the number of parts of a batch, by which the operation's time limit is multiplied. */
export const countParts = <T>(items: readonly T[], bytesOf: (item: T) => number): number =>
  Math.max(1, partsOf(items, bytesOf).length);
