import type {
  Erasure,
  FileHistory,
  ListChangesOptions,
  PointInTime,
  Snapshot,
  VersionEntry,
  VersionId,
} from "../../store/file-history.js";
import type { Entry, StoredFile } from "../../store/file-store.js";
import { newWriteId } from "../../store/write-ids.js";
import { RemoteBackendError } from "../../support/errors.js";
import { check, show } from "../assert.js";
import type { Listing, StoreContext } from "./context.js";

/** More entries than a case makes of one file. */
const ALL = 1_000;

/** Two times, on the service's clock, between earlier and later changes. */
export interface Tick {
  /** Time of the newest change before, or later. */
  readonly last: Date;
  /** Later than `last`, and no later than any change that follows. */
  readonly next: Date;
}

/** History as one store knows it. Takes names below the root of a context, and retries like a backend. */
export class HistoryContext {
  readonly #t: StoreContext;
  /** History that takes and returns keys. */
  readonly store: FileHistory;

  /** @param store Store that is asked. Default: that of the context. */
  constructor(t: StoreContext, store = t.store) {
    this.#t = t;
    this.store = store.history;
  }

  /** Returns versions of a file, newest first. Default: all of them. */
  versions(name: string, limit = ALL, before?: VersionId): Promise<readonly VersionEntry[]> {
    const { options } = this.#t;
    return this.#t.ask(() => this.store.versions(this.#t.at(name), { ...options, limit, before }));
  }

  /** Returns the newest entry of a file, which must have one. */
  async newest(name: string): Promise<VersionEntry> {
    const [entry] = await this.versions(name, 1);
    check(entry !== undefined, `versions of ${name}`, "an entry", entry);
    return entry;
  }

  /** Returns the kinds of the changes of a file, newest first. */
  async kinds(name: string): Promise<string[]> {
    return (await this.versions(name)).map(({ kind }) => kind);
  }

  /** Fetches a file as it was at a version. */
  get(name: string, id: VersionId): Promise<StoredFile | undefined> {
    return this.#t.ask(() => this.store.getVersion(this.#t.at(name), id, this.#t.options));
  }

  /** Fetches the content of each version of a file, oldest first; `undefined` for a deletion. */
  async contents(name: string): Promise<(StoredFile["content"] | undefined)[]> {
    const contents = [];
    for (const { id } of [...(await this.versions(name))].reverse())
      contents.push((await this.get(name, id))?.content);
    return contents;
  }

  /** Resolves a point in time that must be known. */
  async resolve(point: PointInTime): Promise<Snapshot> {
    const answer = await this.#resolve(point);
    check(typeof answer === "string", `resolve(${show(point)})`, "a snapshot", answer);
    return answer;
  }

  /** Fails unless a point in time is refused as unknown. */
  async isUnknown(point: PointInTime): Promise<void> {
    const answer = await this.#resolve(point);
    check(typeof answer !== "string", `resolve(${show(point)})`, "an error `invalid-options`", answer);
  }

  #resolve(point: PointInTime): Promise<Snapshot | RemoteBackendError> {
    return this.#t
      .ask(() => this.store.resolve(point, this.#t.options))
      .catch((error: unknown) => {
        if (RemoteBackendError.is(error) && error.code === "invalid-options") return error;
        throw error;
      });
  }

  /** Resolves the point directly after the newest change of a file. */
  async after(name: string): Promise<Snapshot> {
    return this.resolve({ version: (await this.newest(name)).id });
  }

  /** Fetches the contents of files as they were; `undefined` for absent ones. */
  async contentsAt(
    snapshot: Snapshot,
    ...names: readonly string[]
  ): Promise<(StoredFile["content"] | undefined)[]> {
    return (await this.filesAt(snapshot, ...names)).map((file) => file?.content);
  }

  /** Fetches files as they were; `undefined` for absent ones. */
  filesAt(snapshot: Snapshot, ...names: readonly string[]): Promise<readonly (StoredFile | undefined)[]> {
    const keys = names.map((name) => this.#t.at(name));
    return this.#t.ask(() => this.store.getAt(keys, snapshot, this.#t.options));
  }

  /** Lists the entries under a prefix as they were; keys are names below the root. */
  entriesAt(snapshot: Snapshot, prefix = "", { recursive = true, after }: Listing = {}): Promise<Entry[]> {
    const t = this.#t;
    const options = { ...t.options, recursive, ...(after !== undefined && { after: t.at(after) }) };
    return t.ask(async () => {
      const all: Entry[] = [];
      for await (const page of this.store.listAt(t.at(prefix), snapshot, options)) all.push(...page);
      return all.map((entry) => ({ ...entry, key: t.below(entry.key) }));
    });
  }

  /** Lists the names under a prefix as they were. */
  async keysAt(snapshot: Snapshot, prefix?: string, listing?: Listing): Promise<string[]> {
    return (await this.entriesAt(snapshot, prefix, listing)).map(({ key }) => key);
  }

  /** Lists the names that changed after a snapshot. */
  changedSince(snapshot: Snapshot, prefix = ""): Promise<string[]> {
    const t = this.#t;
    return t.ask(async () => {
      const all: string[] = [];
      for await (const page of this.store.changedSince(t.at(prefix), snapshot, t.options))
        all.push(...page.map((key) => t.below(key)));
      return all;
    });
  }

  /**
   * Returns the changes under a prefix up to an entry, oldest first. Asks again while that entry is missing: a store
   * may hold back changes as long as earlier ones may still be committed.
   */
  async changes(
    prefix: string,
    until: VersionId,
    { limit = ALL, since, thread }: Pick<Partial<ListChangesOptions>, "limit" | "since" | "thread"> = {},
  ): Promise<VersionEntry[]> {
    const all: VersionEntry[] = [];
    while (!all.some(({ id }) => id === until)) {
      const options = { ...this.#t.options, limit, since: all.at(-1)?.id ?? since, thread };
      for (const entry of await this.#t.ask(() => this.store.changes(this.#t.at(prefix), options))) {
        check(!all.some(({ id }) => id === entry.id), "pages of changes", "each change once", entry);
        all.push(entry);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return all;
  }

  /** Erases files and their versions; `""` is the root. */
  erase(name: string, scope: "file" | "descendants" | "all", before?: Date): Promise<Erasure> {
    const { options } = this.#t;
    return this.#t.ask(() => this.store.erase(this.#t.directory(name), { ...options, scope, before }));
  }

  /** Changes a file of its own, `clock.txt`, until the service's clock has advanced. */
  async tick(): Promise<Tick> {
    const change = async () => {
      await this.#t.write("clock.txt", newWriteId());
      return (await this.newest("clock.txt")).at;
    };
    const last = await change();
    for (;;) {
      this.#t.signal.throwIfAborted();
      const next = await change();
      if (next > last) return { last, next };
    }
  }
}
