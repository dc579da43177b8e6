import { byteLength, isSameContent } from "../content/content.js";
import { compareCodePoints } from "../text/order.js";
import type {
  EraseVersionsOptions,
  Erasure,
  FileHistory,
  ListChangesOptions,
  PointInTime,
  Snapshot,
  VersionEntry,
  VersionId,
  VersionsOptions,
} from "./file-history.js";
import type { CallOptions, Entry, Key, ListOptions, StoredFile } from "./file-store.js";
import type { Author, Origin } from "./origin.js";
import { unknownPoint } from "./unknown-point.js";

/** Number of keys in one page. */
const PAGE = 1_000;

/** One change of a file. */
interface RecordedChange extends Omit<VersionEntry, "id" | "current" | "size"> {
  /** Place in the order of all changes of the store. */
  readonly number: number;
  /** File that it stored; absent for a deletion. */
  readonly file?: StoredFile;
}

/** Parts of a `MemoryFileStore` that its history works on. */
export interface MemoryFiles {
  readonly get: (key: Key) => StoredFile | undefined;
  readonly delete: (key: Key) => void;
  /** Entries of a listing over any files. */
  readonly list: (
    files: Iterable<StoredFile>,
    prefix: string,
    options: ListOptions,
  ) => AsyncIterable<readonly Entry[]>;
}

/** Copies a file, so that its bytes are not shared. */
const copy = (file: StoredFile): StoredFile =>
  typeof file.content === "string" ? file : { ...file, content: file.content.slice() };

/** True if a change was made at a checkpoint of a thread, or at a later one. The ids of LangGraph sort by time. */
const isMadeFrom = (by: Author | undefined, thread: string, checkpoint: string): boolean =>
  by?.thread === thread && by.checkpoint !== undefined && by.checkpoint >= checkpoint;

/** History of a `MemoryFileStore`. A snapshot is the number of the last change that it contains. */
export class MemoryHistory implements FileHistory {
  readonly #files: MemoryFiles;
  readonly #begin = new Date();
  /** Changes of each file, oldest first. */
  readonly #changes = new Map<Key, RecordedChange[]>();
  /** Prefixes of files whose history begins later, since versions were erased. */
  readonly #laterBegins = new Map<string, Date>();
  #count = 0;
  #lastAt = this.#begin;

  constructor(files: MemoryFiles) {
    this.#files = files;
  }

  /** Records that a file was stored or, without a `file`, deleted. */
  record(key: Key, file: StoredFile | undefined, { kind, by }: Origin = { kind: file ? "write" : "delete" }) {
    const changes = this.#changes.get(key) ?? [];
    const last = changes.at(-1)?.file;
    if (file && last && isSameContent(file.content, last.content)) return;
    this.#lastAt = new Date(Math.max(Date.now(), this.#lastAt.getTime()));
    changes.push({
      key,
      number: ++this.#count,
      kind: file ? (kind === "write" && !last ? "create" : kind) : "delete",
      at: this.#lastAt,
      ...(by && { by }),
      ...(file && { file }),
    });
    this.#changes.set(key, changes);
  }

  async versions(key: Key, { limit, before }: VersionsOptions): Promise<readonly VersionEntry[]> {
    const changes = [...(this.#changes.get(key) ?? [])].reverse();
    const older = before === undefined ? changes : changes.filter(({ number }) => number < Number(before));
    return older.slice(0, limit).map((change) => this.#entry(change));
  }

  #entry({ number, file, ...entry }: RecordedChange): VersionEntry {
    const isLast = this.#changes.get(entry.key)?.at(-1)?.number === number;
    const current = file && isLast ? this.#files.get(entry.key)?.version : undefined;
    return {
      ...entry,
      id: String(number),
      ...(file && { size: byteLength(file.content) }),
      ...(current !== undefined && { current }),
    };
  }

  async getVersion(key: Key, id: VersionId): Promise<StoredFile | undefined> {
    const change = this.#changes.get(key)?.find(({ number }) => String(number) === id);
    return change?.file && copy(change.file);
  }

  async resolve(point: PointInTime, { root }: CallOptions): Promise<Snapshot> {
    const changes = this.#under(root);
    const begin = this.#beginOf(root);
    if (point instanceof Date) {
      if (point < begin) throw unknownPoint(point, begin);
      return String(changes.findLast(({ at }) => at <= point)?.number ?? 0);
    }
    const change = changes.find(({ number, by }) =>
      "version" in point ? String(number) === point.version : isMadeFrom(by, point.thread, point.checkpoint),
    );
    if (change === undefined) throw unknownPoint(point);
    if (change.at < begin) throw unknownPoint(point, begin);
    return String("version" in point ? change.number : change.number - 1);
  }

  /** Returns the time at which the history of all files below a root begins. */
  #beginOf(root: Key): Date {
    const times = [...this.#laterBegins]
      .filter(([prefix]) => prefix.startsWith(root) || (/^$|\/$/.test(prefix) && root.startsWith(prefix)))
      .map(([, begin]) => begin.getTime());
    return new Date(Math.max(this.#begin.getTime(), ...times));
  }

  /** Returns all changes under a prefix, in order. */
  #under(prefix: string): RecordedChange[] {
    return [...this.#changes.values()]
      .flat()
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => a.number - b.number);
  }

  async getAt(keys: readonly Key[], snapshot: Snapshot): Promise<readonly (StoredFile | undefined)[]> {
    return keys.map((key) => this.#fileAt(key, snapshot));
  }

  #fileAt(key: Key, snapshot: Snapshot): StoredFile | undefined {
    const file = this.#changes.get(key)?.findLast(({ number }) => number <= Number(snapshot))?.file;
    return file && copy(file);
  }

  listAt(prefix: string, snapshot: Snapshot, options: ListOptions): AsyncIterable<readonly Entry[]> {
    const files = [...this.#changes.keys()].flatMap((key) => this.#fileAt(key, snapshot) ?? []);
    return this.#files.list(files, prefix, options);
  }

  async *changedSince(prefix: string, snapshot: Snapshot): AsyncGenerator<readonly Key[]> {
    const changed = this.#under(prefix).filter(({ number }) => number > Number(snapshot));
    const keys = [...new Set(changed.map(({ key }) => key))].sort(compareCodePoints);
    for (let i = 0; i < keys.length; i += PAGE) yield keys.slice(i, i + PAGE);
  }

  async changes(
    prefix: string,
    { limit, since = "0", thread }: ListChangesOptions,
  ): Promise<readonly VersionEntry[]> {
    return this.#under(prefix)
      .filter(({ number, by }) => number > Number(since) && (thread === undefined || by?.thread === thread))
      .slice(0, limit)
      .map((change) => this.#entry(change));
  }

  async erase(key: Key, { scope, before }: EraseVersionsOptions): Promise<Erasure> {
    const prefix = key === "" ? "" : `${key}/`;
    if (before) this.#beginLater(scope === "file" ? key : prefix, before);
    let files = 0;
    let versions = 0;
    for (const [other, changes] of this.#changes) {
      const isMeant =
        (scope !== "descendants" && other === key) || (scope !== "file" && other.startsWith(prefix));
      if (!isMeant) continue;
      const kept = before
        ? changes.filter((_, i) => changes[i + 1] === undefined || changes[i + 1]!.at >= before)
        : [];
      // The entry of a deletion goes with the versions before it.
      const isGone = kept.every(({ file, at }) => !file && before !== undefined && at < before);
      const remaining = isGone ? [] : kept;
      versions += changes.filter((change) => change.file && !remaining.includes(change)).length;
      if (remaining.length > 0) this.#changes.set(other, remaining);
      else this.#changes.delete(other);
      if (before || !this.#files.get(other)) continue;
      this.#files.delete(other);
      files++;
    }
    return { files, versions };
  }

  #beginLater(prefix: string, before: Date): void {
    const begin = Math.min(before.getTime(), Date.now());
    this.#laterBegins.set(prefix, new Date(Math.max(begin, this.#laterBegins.get(prefix)?.getTime() ?? 0)));
  }
}
