import type { RemoteBackendError } from "../support/errors.js";
import type { FoundLine } from "../text/find-lines.js";
import type {
  CallOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PutOptions,
  SearchOptions,
} from "./call-options.js";
import type { Change, Outcome } from "./change.js";
import type { FileHistory } from "./file-history.js";
import type { HealthReport } from "./health-report.js";
import type { Entry, Key, StoredFile, StoredLines } from "./stored-file.js";

export type * from "./call-options.js";
export type * from "./change.js";
export type * from "./stored-file.js";

/** Result of `FileStore.delete`. */
export interface DeleteOutcome {
  /** Number of deleted files. */
  readonly deleted: number;
  /** Keys that could not be deleted. */
  readonly failed: readonly Key[];
}

/** Time on the service's clock. */
export interface ServiceTime {
  /** Now, or up to `toleranceMs` earlier. */
  readonly now: Date;
  /** Largest error of this time and of a file's times against each other, in milliseconds. */
  readonly toleranceMs: number;
}

/** Promises of a store. */
export interface StoreCapabilities {
  /** Conditions are checked and the change is made in one step, across processes. */
  readonly atomic: boolean;
  /** Exactly one of several concurrent deletions of a file counts it. */
  readonly atomicDelete: boolean;
  /** `d` and `d/f` can both be stored and are both visible. Otherwise the second is refused as a conflict. */
  readonly fileAndDirectory: boolean;
  /** Every file of a listing has its `size`. */
  readonly exactSizes: boolean;
  /**
   * Large text may pass as its UTF-8 in both directions: see `isText` of `StoredFile` and `Change`. That saves memory,
   * since a string takes up to twice the bytes, and each conversion a copy. Default `false`.
   */
  readonly utf8Text?: boolean;
  /** Longest key in bytes of UTF-8, without the store's own prefix. Core refuses longer ones. */
  readonly maxKeyBytes: number;
  /** Largest file in bytes. Core refuses larger ones. */
  readonly maxFileBytes: number;
}

/** Matching lines of one file, or the reason why the file was skipped. */
export interface FoundLines {
  readonly key: Key;
  /** In order; at least one unless there is an `error`. */
  readonly lines: readonly FoundLine[];
  /** Reason why this file could not be searched: `permission-denied`, `corrupt`, `too-large` or `misconfigured`. */
  readonly error?: RemoteBackendError;
}

/**
 * The narrow waist: how a service stores, finds and swaps a file. `RemoteBackend` builds the whole protocol on `get`,
 * `list`, `put` and `delete`; the optional methods replace them where the service can do the work itself.
 *
 * Failures are `RemoteBackendError`s: thrown if the whole call failed, returned in place of an answer if one key
 * failed. `unavailable` promises that nothing was changed; the call is repeated. After `unknown-outcome`, which is for
 * changes only, the caller reads the file first: it retries changes that have certainly not been made, with the same
 * id, and reports all others as unknown. Methods throw nothing else.
 *
 * `defineStoreTests` tests all of this on a store by itself.
 */
export interface FileStore {
  /** Read before every operation: a store may know more once it is open. */
  readonly capabilities: StoreCapabilities;

  /** History of the files, if the store keeps one. Read before every operation. */
  readonly history?: FileHistory | undefined;

  /** Maximum attempts of a call with transient failures, the first included. Default: as many as fit into 10 seconds. */
  readonly maxAttempts?: number | undefined;

  /**
   * Fetches the current versions of files; a store with a cache revalidates it. After an outage it is called with the key
   * of a file that does not exist, before operations are sent again.
   * @param keys At least one, without duplicates, in any order.
   * @returns One answer per key, in order; `undefined` only for a file that is certainly absent.
   */
  get(
    keys: readonly Key[],
    options: GetOptions,
  ): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]>;

  /**
   * Lists keys under a prefix, in pages, in code-point order of the keys. Each page is a request of its own: the caller
   * may take its time between two pages, or stop.
   * @param prefix String prefix: it may end inside a name, may be a whole key, and is empty for everything.
   */
  list(prefix: string, options: ListOptions): AsyncIterable<readonly Entry[]>;

  /**
   * Writes files. Condition, id and write are one atomic step per file: a change whose id is already in the file's chain
   * is done and changes nothing, whatever its condition. The chain of the new version is `chainWriteIds(id, chain)` of
   * the stored one, also for a replacement.
   * @param changes Distinct keys in code-point order: a file comes before those below it. Each is made or refused by
   * itself.
   * @returns One outcome per change, in order.
   */
  put(changes: readonly Change[], options: PutOptions): Promise<readonly (Outcome | RemoteBackendError)[]>;

  /**
   * Deletes a file, everything below it as a directory, or both. Deleting what does not exist is no error.
   * @param key Empty for the root of the storage, which has descendants only.
   */
  delete(key: Key, options: DeleteOptions): Promise<DeleteOutcome>;

  /**
   * Reads the clock that the times of files come from. Called only after a lost answer, to tell which files existed
   * before it. Without this method more outcomes stay unknown.
   */
  clock?(options: CallOptions): Promise<ServiceTime>;

  /**
   * Replaces `list` and `get` in `grep`: finds lines of text files that contain a literal, in key order, one item per file
   * with a match. The caller stops pulling when it has enough. A file that cannot be read or decoded is skipped and
   * reported by an item with an `error`; an outage is thrown. Lines may be cut by `cutLine`, or come whole.
   * @param prefix As in `list`.
   * @param pattern Case-sensitive literal without newlines and lone surrogates; the empty one is in every line.
   */
  search?(prefix: string, pattern: string, options: SearchOptions): AsyncIterable<FoundLines>;

  /**
   * Replaces `get` in `read`: a window of a text file, as `cutLines` cuts it.
   * @param offset First line, from 0. Past the end there are no lines, which is no error.
   * @param limit Maximum number of lines; may be 0 or infinite.
   * @returns `not-text` for bytes, `undefined` for a file that is certainly absent.
   */
  readLines?(
    key: Key,
    offset: number,
    limit: number,
    options: CallOptions,
  ): Promise<StoredLines | "not-text" | undefined>;

  /**
   * Prepares the storage. Called before the first operation, again after a failure, and by every `initialize()`; a store
   * that is already open examines the service again. Others may open stores on the same storage concurrently.
   */
  open?(options: Pick<CallOptions, "signal">): Promise<void>;

  /** Releases what the store itself opened. Called once, when no operation is running; possibly without any `open`. */
  close?(): Promise<void>;

  /**
   * Checks whether files can be read now, and collects what an operator should know. Creates and changes nothing, and
   * works without `open`. Without this method the storage is opened and one page of it listed.
   * @param report Takes the findings; a new one for each attempt.
   * @throws RemoteBackendError if files cannot be read.
   */
  check?(report: HealthReport, options: Pick<CallOptions, "signal">): Promise<void>;
}
