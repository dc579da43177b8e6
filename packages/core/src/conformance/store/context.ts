import { SKIPPED_BY_SEARCHES } from "../../backend/operations/grep.js";
import type {
  CallOptions,
  Change,
  Entry,
  FoundLines,
  Key,
  Outcome,
  StoredFile,
} from "../../store/file-store.js";
import type { Origin } from "../../store/origin.js";
import { newWriteId } from "../../store/write-ids.js";
import { type ErrorCode, RemoteBackendError } from "../../support/errors.js";
import { cutLine, type FoundLine } from "../../text/find-lines.js";
import { check, equal } from "../assert.js";
import type { CaseOptions } from "../case-options.js";
import type { Promises } from "../promises.js";
import type { StoreCapability } from "./capabilities.js";
import type { StoreSubject } from "./subject.js";

/** Parts of a case's context. */
export interface StoreParts {
  readonly store: StoreSubject;
  readonly capabilities: Promises<StoreCapability>;
  /** Unique to the case. */
  readonly name: string;
  /** Origin of the changes. */
  readonly origin?: Origin;
  readonly options: Pick<CaseOptions, "scale">;
  readonly signal: AbortSignal;
  open(): Promise<StoreSubject>;
  unopened(): Promise<StoreSubject | undefined>;
  makeUnreadable(key: Key): Promise<void>;
}

/** Options of a listing. */
export interface Listing {
  /** Default `true`. */
  readonly recursive?: boolean;
  /** Path after which the listing continues. */
  readonly after?: string;
}

/** Options of a search. */
export interface Search {
  /** Prefix below the case's root. Default: all files. */
  readonly prefix?: string;
  /** Decides which files are searched. Default: all. */
  readonly accept?: (name: string) => boolean;
  /** Maximum number of lines. Default 1,000. */
  readonly limit?: number;
  /** Store to search. Default: the case's store. */
  readonly store?: StoreSubject;
}

/**
 * Context of a case. `store` takes and returns keys. The other methods take paths below the case's root, and fail
 * unless the store succeeds.
 */
export class StoreContext {
  /** The open store, with its calls recorded and its answers checked. */
  readonly store: StoreSubject;
  readonly capabilities: Promises<StoreCapability>;
  /** Aborted when the case has run out of time. */
  readonly signal: AbortSignal;
  /** Opens another store on the same storage, like another process would. */
  readonly open: () => Promise<StoreSubject>;
  /** Returns another store that is not open yet; `undefined` if there is only one. */
  readonly unopened: () => Promise<StoreSubject | undefined>;
  /** Options of every call. */
  readonly options: CallOptions;
  readonly #parts: StoreParts;

  /** @internal */
  constructor(parts: StoreParts) {
    this.store = parts.store;
    this.capabilities = parts.capabilities;
    this.signal = parts.signal;
    this.open = parts.open;
    this.unopened = parts.unopened;
    this.options = {
      signal: parts.signal,
      root: `${parts.name}/`,
      ...(parts.origin && { origin: parts.origin }),
    };
    this.#parts = parts;
  }

  /** Returns a context whose changes have this origin. */
  as(origin: Origin): StoreContext {
    return new StoreContext({ ...this.#parts, origin });
  }

  /** Returns a context whose root is a directory of this one. */
  under(name: string): StoreContext {
    return new StoreContext({ ...this.#parts, name: this.at(name) });
  }

  /** Returns the key of a name below the case's root. */
  at(name: string): Key {
    return this.options.root + name;
  }

  /** Returns the key of a file or directory, which may be the case's root: `""`. */
  directory(name: string): Key {
    return name === "" ? this.#parts.name : this.at(name);
  }

  /** Returns a key as a name below the case's root. */
  below(key: Key): string {
    return key.slice(this.options.root.length);
  }

  /** Scales the size of a race for slow services; at least 2. */
  scaled(count: number): number {
    return Math.max(2, Math.round(count * (this.#parts.options.scale ?? 1)));
  }

  /** Creates a change with an id of its own. */
  change(
    name: string,
    content: Change["content"],
    condition: Change["condition"] = "create",
    id = newWriteId(),
  ): Change {
    return { key: this.at(name), id, condition, content };
  }

  /**
   * Makes changes like a backend: retries those that are `unavailable` or of unknown outcome, with the same id. Fails
   * on any other error.
   */
  async settle(changes: readonly Change[], store = this.store): Promise<readonly Outcome[]> {
    const settled = new Map<Change, Outcome>();
    while (settled.size < changes.length) {
      this.signal.throwIfAborted();
      const open = changes.filter((change) => !settled.has(change));
      const answers = await store.put(open, this.options).catch(passOver("unavailable", "unknown-outcome"));
      answers?.forEach((answer, i) => {
        if (RemoteBackendError.is(answer)) passOver("unavailable", "unknown-outcome")(answer);
        else settled.set(open[i]!, answer);
      });
      await turn();
    }
    return changes.map((change) => settled.get(change)!);
  }

  /** Makes a request like a backend: retries it while the answer is `unavailable`. */
  async ask<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      this.signal.throwIfAborted();
      const answer = await ask().then((value) => ({ value }), passOver("unavailable"));
      if (answer) return answer.value;
      await turn();
    }
  }

  /** Makes one change. */
  async put(change: Change, store = this.store): Promise<Outcome> {
    return (await this.settle([change], store))[0]!;
  }

  /** Makes changes that must succeed. */
  async made(changes: readonly Change[], store = this.store): Promise<void> {
    const refused = (await this.settle(changes, store)).filter(({ done }) => !done);
    equal("refused changes", refused, []);
  }

  /** Creates or replaces a file. */
  async write(name: string, content: Change["content"], store = this.store): Promise<StoredFile> {
    await this.made([this.change(name, content, "overwrite")], store);
    return this.file(name, store);
  }

  /** Creates or replaces files, in one batch. */
  async fill(names: readonly string[], content: Change["content"] = "x\n"): Promise<void> {
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    await this.made(sorted.map((name) => this.change(name, content, "overwrite")));
  }

  /** Stores a new version of a file, on the condition that it is unchanged since it was read. */
  async swap(
    file: StoredFile,
    content: Change["content"],
    id = newWriteId(),
    store = this.store,
  ): Promise<StoredFile> {
    await this.made([{ key: file.key, id, condition: file, content }], store);
    return this.file(this.below(file.key), store);
  }

  /** Fetches files; `undefined` for absent ones. */
  async files(names: readonly string[], store = this.store): Promise<readonly (StoredFile | undefined)[]> {
    const keys = names.map((name) => this.at(name));
    return this.ask(async () =>
      (await store.get(keys, this.options)).map((answer) => {
        if (RemoteBackendError.is(answer)) throw answer;
        return answer;
      }),
    );
  }

  /** Fetches a file that must exist. */
  async file(name: string, store = this.store): Promise<StoredFile> {
    const [file] = await this.files([name], store);
    check(file !== undefined, `get of ${name}`, "a file", file);
    return file;
  }

  /** Fails unless the file has this content. */
  async holds(name: string, content: string | Uint8Array, store = this.store): Promise<void> {
    equal(`content of ${name}`, (await this.file(name, store)).content, content);
  }

  /** Fails unless the file is unchanged since it was read; `extra` is private to the store. */
  async unchanged({ extra: _, ...before }: StoredFile): Promise<void> {
    const name = this.below(before.key);
    const { extra: __, ...now } = await this.file(name);
    equal(name, now, before);
  }

  /** Fails unless the files are absent. */
  async absent(...names: readonly string[]): Promise<void> {
    const there = (await this.files(names)).filter((file) => file !== undefined);
    equal(
      "files that must not be there",
      there.map(({ key }) => this.below(key)),
      [],
    );
  }

  /** Lists the entries under a prefix; keys are paths below the case's root. */
  async entries(prefix = "", { recursive = true, after }: Listing = {}): Promise<Entry[]> {
    const options = { ...this.options, recursive, ...(after !== undefined && { after: this.at(after) }) };
    return this.ask(async () => {
      const all: Entry[] = [];
      for await (const page of this.store.list(this.at(prefix), options)) all.push(...page);
      return all.map((entry) => ({ ...entry, key: this.below(entry.key) }));
    });
  }

  /** Lists the paths under a prefix; directories end in a slash. */
  async keys(prefix?: string, listing?: Listing): Promise<string[]> {
    return (await this.entries(prefix, listing)).map(({ key }) => key);
  }

  /** Makes one file unreadable. Needs `unreadable`. */
  makeUnreadable(name: string): Promise<void> {
    return this.#parts.makeUnreadable(this.at(name));
  }

  /** Deletes files and returns their number; `""` is the case's root. */
  async delete(name: string, scope: "file" | "descendants" | "all"): Promise<number> {
    const { deleted, failed } = await this.ask(() =>
      this.store.delete(this.directory(name), { ...this.options, scope }),
    );
    equal(`failed deletions of ${name}`, failed, []);
    return deleted;
  }

  /** Searches lines by file; keys are paths below the case's root. */
  async search(pattern: string, search: Search = {}): Promise<FoundLines[]> {
    const { prefix = "", accept = () => true, limit = 1_000, store = this.store } = search;
    const options = { ...this.options, accept: (key: Key) => accept(this.below(key)), limit };
    const all: FoundLines[] = [];
    let lines = 0;
    for await (const found of store.search(this.at(prefix), pattern, options)) {
      all.push({ ...found, key: this.below(found.key) });
      lines += found.lines.length;
      if (lines >= limit) break;
    }
    return all;
  }

  /** Returns the result of a search as `name:number:text`, with lines cut by `cutLine`, which a store need not do. */
  async found(literal: string, search?: Search): Promise<string[]> {
    return (await this.search(literal, search)).flatMap(({ key, lines }) =>
      lines.map(({ line, text }) => shown(key)({ line, text: cutLine(text, literal) })),
    );
  }
}

/** True for an error about a single file, not about the service: a search skips that file. */
export const isOfOneFile = (error: unknown): boolean =>
  RemoteBackendError.is(error) && SKIPPED_BY_SEARCHES.includes(error.code);

/** Formats a matching line as `name:number:text`. */
export const shown =
  (name: string) =>
  ({ line, text }: FoundLine): string =>
    `${name}:${line}:${text}`;

/** Ignores errors with these codes, which a backend handles by retrying, and rethrows all others. */
const passOver =
  (...codes: readonly ErrorCode[]) =>
  (error: unknown): undefined => {
    if (!RemoteBackendError.is(error) || !codes.includes(error.code)) throw error;
  };

/** Lets timers run, including the case's own time limit. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
