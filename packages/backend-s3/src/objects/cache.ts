import { byteLength, type Key, type StoredFile } from "@deepagents-remote/core/adapter";
import type { CarriedOver } from "./decode.js";

/** What an entry costs beside its content, and each id of a write, in bytes. */
const OVERHEAD = { entry: 500, id: 64 };

/** Bytes are kept as a copy of their own; of files beyond this the copy costs more than it saves. 16 MB. */
const MAX_COPIED_BYTES = 16 * 1024 * 1024;

/** Files that were read or written last, as long as they fit. It is never right by itself: the store is asked. */
export class Cache {
  readonly #maxBytes: number;
  readonly #files = new Map<Key, { readonly file: StoredFile; readonly bytes: number }>();
  #bytes = 0;

  /** @param maxBytes 0 for none. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: Key): StoredFile | undefined {
    const entry = this.#files.get(key);
    if (entry) {
      // A Map keeps the order of insertion: the first is the one that was used longest ago.
      this.#files.delete(key);
      this.#files.set(key, entry);
    }
    return entry?.file;
  }

  /** Keeps a copy, which nobody else can change, of a file that fits. */
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
}

const isKept = ({ content }: StoredFile): boolean =>
  typeof content === "string" || content.byteLength <= MAX_COPIED_BYTES;

/** A file with bytes of its own. */
export const copyFile = (file: StoredFile): StoredFile =>
  typeof file.content === "string" ? file : { ...file, content: file.content.slice() };

/** JavaScript keeps text in up to two bytes a character. What is carried over is somebody else's, of any size. */
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
