import { byteLength, type Key, type StoredFile } from "@deepagents-remote/core/adapter";
import type { CarriedOver } from "./decode.js";

/** Estimated memory of an entry besides its content, and of each write id, in bytes. */
const OVERHEAD = { entry: 500, id: 64 };

/**
 * Largest binary file that is cached (16 MB). Binary content has to be copied, which costs more than it saves for
 * larger files.
 */
const MAX_COPIED_BYTES = 16 * 1024 * 1024;

/** LRU cache of files, bounded in bytes. Entries are revalidated by ETag. */
export class Cache {
  readonly #maxBytes: number;
  readonly #files = new Map<Key, { readonly file: StoredFile; readonly bytes: number }>();
  #bytes = 0;

  /** @param maxBytes Capacity; 0 disables the cache. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: Key): StoredFile | undefined {
    const entry = this.#files.get(key);
    if (entry) {
      // A Map iterates in insertion order, so the first entry is the least recently used.
      this.#files.delete(key);
      this.#files.set(key, entry);
    }
    return entry?.file;
  }

  /** Stores a copy of the file, if it fits. A copy, so that callers cannot change it. */
  set(file: StoredFile): void {
    this.delete(file.key);
    const bytes = cost(file);
    if (bytes > this.#maxBytes || !isKept(file)) return;
    this.#files.set(file.key, { file: copyFile(file), bytes });
    this.#bytes += bytes;
    for (const [key] of this.#files) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(key);
    }
  }

  delete(key: Key): void {
    const entry = this.#files.get(key);
    if (!entry) return;
    this.#files.delete(key);
    this.#bytes -= entry.bytes;
  }

  clear(): void {
    this.#files.clear();
    this.#bytes = 0;
  }
}

const isKept = ({ content }: StoredFile): boolean =>
  typeof content === "string" || content.byteLength <= MAX_COPIED_BYTES;

/** Copies a file, including its bytes. */
export const copyFile = (file: StoredFile): StoredFile =>
  typeof file.content === "string" ? file : { ...file, content: file.content.slice() };

/**
 * Estimates the memory of a file. JavaScript uses up to two bytes per character. Carried-over attributes are foreign
 * and may be of any size.
 */
function cost({ key, content, writeIds, extra }: StoredFile): number {
  const { envelope } = (extra ?? {}) as Partial<CarriedOver>;
  const isEmpty = envelope === undefined || Object.keys(envelope).length === 0;
  return (
    OVERHEAD.entry +
    OVERHEAD.id * writeIds.length +
    2 * key.length +
    (typeof content === "string" ? 2 * content.length : byteLength(content)) +
    (isEmpty ? 0 : 2 * JSON.stringify(envelope).length)
  );
}
