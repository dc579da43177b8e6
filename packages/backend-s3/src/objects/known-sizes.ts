import { byteLength, type Entry, type Key, type StoredFile } from "@deepagents-remote/core/adapter";

/** Files whose sizes are remembered: about 2 MB. */
const MAX_FILES = 10_000;

/** Bytes of the smallest envelope there can be. */
const SMALLEST_ENVELOPE = '{"content":[],"created_at":"1","modified_at":"1"}'.length;

/**
 * Sizes of files by the ETags of their objects. A listing tells the size of an object, and of one in the envelope that is not
 * the file's; neither name nor ETag tells which it is.
 */
export class KnownSizes {
  readonly #isRaw: boolean;
  readonly #known = new Map<Key, { readonly etag: string; readonly size: number }>();

  /** @param isRaw True where objects are their files' bytes unless the opposite is known. */
  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  /** Remembers the size of a file that was read or written. */
  learn({ key, version: etag, content }: StoredFile): void {
    this.#known.delete(key);
    this.#known.set(key, { etag, size: byteLength(content) });
    if (this.#known.size <= MAX_FILES) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }

  /** An entry of a listing with the size of its file, where that is certain. */
  complete(entry: Entry): Entry {
    const { storedSize, ...rest } = entry;
    if (storedSize === undefined) return entry;
    const known = this.#known.get(entry.key);
    if (known && known.etag === entry.version) return { ...rest, size: known.size };
    return this.#isRaw || storedSize < SMALLEST_ENVELOPE ? { ...rest, size: storedSize } : entry;
  }
}
