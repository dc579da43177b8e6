import {
  BoundedMap,
  byteLength,
  type Entry,
  type Key,
  type StoredFile,
} from "@deepagents-remote/core/adapter";

/** Maximum number of remembered sizes: about 2 MB of memory. */
const MAX_FILES = 10_000;

/** Size of the smallest possible envelope, in bytes. */
const SMALLEST_ENVELOPE = '{"content":[],"created_at":"1","modified_at":"1"}'.length;

/**
 * Sizes of files by the ETags of their objects. A listing reports the size of the object, which differs from that of
 * the file if the object is an envelope; neither name nor ETag reveals whether it is.
 */
export class KnownSizes {
  readonly #isRaw: boolean;
  readonly #known = new BoundedMap<Key, { readonly etag: string; readonly size: number }>(MAX_FILES);

  /** @param isRaw True if objects are assumed to contain plain bytes unless known otherwise. */
  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  /** Records the size of a file that was read or written. */
  learn({ key, version: etag, content }: StoredFile): void {
    this.#known.set(key, { etag, size: byteLength(content) });
  }

  /** True if the file was read or written recently. */
  has(key: Key): boolean {
    return this.#known.has(key);
  }

  /** Adds the file's size to an entry of a listing, if it is certain. */
  complete(entry: Entry): Entry {
    const { storedSize, ...rest } = entry;
    if (storedSize === undefined) return entry;
    const known = this.#known.get(entry.key);
    if (known && known.etag === entry.version) return { ...rest, size: known.size };
    return this.#isRaw || storedSize < SMALLEST_ENVELOPE ? { ...rest, size: storedSize } : entry;
  }
}
