import { byteLength } from "../content/content.js";
import { compareCodePoints } from "../text/order.js";
import { directoriesOf } from "./directories.js";
import type { FileHistory } from "./file-history.js";
import type {
  CallOptions,
  Change,
  DeleteOptions,
  DeleteOutcome,
  Entry,
  FileStore,
  Key,
  ListOptions,
  Outcome,
  ServiceTime,
  StoredFile,
} from "./file-store.js";
import { MemoryHistory } from "./memory-history.js";
import type { Origin } from "./origin.js";
import { chainWriteIds } from "./write-ids.js";

/** Number of entries in one page of a listing. */
const PAGE = 1_000;

/** Copies content, so that the store and its caller share no bytes. */
const copy = (content: string | Uint8Array) => (typeof content === "string" ? content : content.slice());

/** Options of `MemoryFileStore`. */
export interface MemoryFileStoreOptions {
  /** Keeps every version of every file in memory. Default `false`. */
  readonly history?: boolean;
}

/** Keeps files in this process's memory. The shortest complete store, and a template for others. */
export class MemoryFileStore implements FileStore {
  readonly capabilities = {
    atomic: true,
    atomicDelete: true,
    fileAndDirectory: false,
    exactSizes: true,
    maxKeyBytes: 1_024,
    maxFileBytes: Number.MAX_SAFE_INTEGER,
  };
  readonly #files = new Map<Key, StoredFile>();
  readonly #history: MemoryHistory | undefined;
  #versions = 0;

  constructor({ history = false }: MemoryFileStoreOptions = {}) {
    const files = {
      get: (key: Key) => this.#files.get(key),
      delete: (key: Key) => this.#files.delete(key),
      list: pages,
    };
    this.#history = history ? new MemoryHistory(files) : undefined;
  }

  get history(): FileHistory | undefined {
    return this.#history;
  }

  async get(keys: readonly Key[]): Promise<readonly (StoredFile | undefined)[]> {
    return keys.map((key) => {
      const file = this.#files.get(key);
      return file && { ...file, content: copy(file.content) };
    });
  }

  list(prefix: string, options: ListOptions): AsyncIterable<readonly Entry[]> {
    return pages(this.#files.values(), prefix, options);
  }

  async put(
    changes: readonly Change[],
    { origin }: Pick<CallOptions, "origin"> = {},
  ): Promise<readonly Outcome[]> {
    return changes.map((change) => this.#put(change, origin));
  }

  #put({ key, id, condition, content }: Change, origin: Origin | undefined): Outcome {
    const old = this.#files.get(key);
    if (old?.writeIds.includes(id)) return { done: true };
    if (condition === "create" && old) return { done: false, why: "exists" };
    if (typeof condition === "object" && !old) return { done: false, why: "missing" };
    if (typeof condition === "object" && old?.version !== condition.version)
      return { done: false, why: "changed" };
    const other = old ? undefined : this.#findConflict(key);
    if (other !== undefined) return { done: false, why: "conflict", other };

    const now = new Date();
    const version = String(++this.#versions);
    const file = {
      key,
      version,
      content: copy(content),
      createdAt: typeof condition === "object" ? condition.createdAt : now,
      modifiedAt: now,
      writeIds: chainWriteIds(id, old?.writeIds ?? []),
    };
    this.#files.set(key, file);
    this.#history?.record(key, file, origin);
    return { done: true, version };
  }

  /** Returns the key of a file that would also have to be a directory, or vice versa. */
  #findConflict(key: Key): Key | undefined {
    const above = directoriesOf(key).find((directory) => this.#files.has(directory));
    if (above !== undefined) return above;
    return [...this.#files.keys()].find((other) => other.startsWith(`${key}/`));
  }

  async delete(key: Key, { scope, requestedAt, origin }: DeleteOptions): Promise<DeleteOutcome> {
    const prefix = key === "" ? "" : `${key}/`;
    let deleted = 0;
    const failed: Key[] = [];
    for (const [other, { createdAt }] of this.#files) {
      const isMeant =
        (scope !== "descendants" && other === key) || (scope !== "file" && other.startsWith(prefix));
      if (!isMeant || (requestedAt && createdAt >= requestedAt.latest)) continue;
      if (requestedAt && createdAt >= requestedAt.earliest) failed.push(other);
      else if (this.#files.delete(other)) {
        deleted++;
        this.#history?.record(other, undefined, origin);
      }
    }
    return { deleted, failed };
  }

  async clock(): Promise<ServiceTime> {
    return { now: new Date(), toleranceMs: 1 };
  }
}

/** Lists files as `FileStore.list` does. */
async function* pages(
  files: Iterable<StoredFile>,
  prefix: string,
  { recursive, after = "" }: ListOptions,
): AsyncGenerator<readonly Entry[]> {
  const entries = new Map<Key, Entry>();
  for (const file of files) {
    const { key } = file;
    if (!key.startsWith(prefix)) continue;
    const slash = recursive ? -1 : key.indexOf("/", prefix.length);
    const entry = slash === -1 ? describe(file) : { key: key.slice(0, slash + 1), directory: true as const };
    if (compareCodePoints(entry.key, after) > 0) entries.set(entry.key, entry);
  }
  const sorted = [...entries.values()].sort((a, b) => compareCodePoints(a.key, b.key));
  for (let i = 0; i < sorted.length; i += PAGE) yield sorted.slice(i, i + PAGE);
}

const describe = ({ key, version, content, modifiedAt }: StoredFile): Entry => ({
  key,
  version,
  size: byteLength(content),
  modifiedAt,
});
