import type { RemoteBackendError } from "../support/errors.js";
import type { FoundLine } from "../text/find-lines.js";
import type { LineWindow } from "../text/lines.js";
import type { HealthReport } from "./health-report.js";

/**
 * Name of a file in the storage: namespace root and path, without a slash at either end. A store adds its bucket prefix
 * or table. Core passes well-formed keys without control characters and empty segments, of at most
 * `capabilities.maxKeyBytes`; all other characters are ordinary. Foreign files may have any name.
 */
export type Key = string;

/**
 * Opaque identifier of one state of a file: an ETag, an `xmin`, the newest write id. Equal versions of a key mean equal
 * files.
 */
export type Version = string;

/** Options common to all calls. */
export interface CallOptions {
  /**
   * Aborted when the operation's time is up. A call must then end with an answer or a `RemoteBackendError`, and may be
   * abandoned. Synchronous work checks it before it begins.
   */
  readonly signal: AbortSignal;
  /**
   * Time at which `signal` is aborted, on the clock of `performance.now()`, if known. A store that keeps time itself can
   * use it instead of `signal`, which is only made on demand. Code that replaces `signal` must remove the deadline.
   */
  readonly deadline?: number | undefined;
  /** Root of the tenant, for layers: every key of the call is below it. Empty, or ends in `/`. */
  readonly root: Key;
}

/** Options of `FileStore.get`. */
export interface GetOptions extends CallOptions {
  /** Versions that a listing has just reported; a cache may answer from them. */
  readonly current?: ReadonlyMap<Key, Version>;
  /** True if the caller will notice an outdated answer: a cache may answer without asking the service. */
  readonly stale?: boolean;
  /** True if text may be answered as its UTF-8, marked with `isText`. Needs `capabilities.utf8Text`. */
  readonly raw?: boolean;
}

/** Options of `FileStore.list`. */
export interface ListOptions extends CallOptions {
  /** False to roll up everything behind the next `/` after the prefix into one directory entry. */
  readonly recursive: boolean;
  /**
   * Last key of an earlier listing that was interrupted; only entries behind it are listed. It may be the key of a file
   * that no longer exists, or of a directory, which is not listed again.
   */
  readonly after?: Key;
}

/** Options of `FileStore.put`. */
export interface PutOptions extends CallOptions {
  /**
   * Takes each outcome as soon as it is known, so that none is lost when the operation's time is up. A store may ignore
   * it.
   */
  readonly onOutcome?: (key: Key, outcome: Outcome | RemoteBackendError) => void;
}

/** Options of `FileStore.delete`. */
export interface DeleteOptions extends CallOptions {
  /** The file itself, everything below it as a directory, or both. */
  readonly scope: "file" | "descendants" | "all";
  /**
   * Time of the first request, given when an earlier attempt has an unknown outcome. Files created before it are deleted.
   * Files created later are kept and not reported. Files for which this cannot be told are kept and reported as `failed`.
   */
  readonly requestedAt?: Moment;
}

/** Result of `FileStore.delete`. */
export interface DeleteOutcome {
  /** Number of deleted files. */
  readonly deleted: number;
  /** Keys that could not be deleted. */
  readonly failed: readonly Key[];
}

/** Options of `FileStore.search`. */
export interface SearchOptions extends CallOptions {
  /** Decides whether a file is searched at all. It may be slow: use `filterPaced`. */
  readonly accept: (key: Key) => boolean;
  /** Maximum number of lines that the caller will take, of all files together. More may be yielded. */
  readonly limit: number;
}

/** Entry of a listing. */
export interface Entry {
  /** A directory's key ends in `/` and is ordered with it: after `d.`, before `d0`. */
  readonly key: Key;
  readonly directory?: true;
  /** Version that `get` would return. */
  readonly version?: Version;
  /** Size of the content in bytes; absent, and never a guess, if the store does not know it. */
  readonly size?: number;
  /** Bytes that are stored and fetched, if `size` is unknown; they bound the memory of a fetch. */
  readonly storedSize?: number;
  readonly modifiedAt?: Date;
}

/** A stored file. */
export interface StoredFile {
  readonly key: Key;
  readonly version: Version;
  /**
   * A string without lone surrogates for text, bytes for anything else. A store remembers which of the two was stored and
   * never answers with the other. Bytes belong to the caller.
   */
  readonly content: string | Uint8Array;
  /** True if `content` is the UTF-8 encoding of a text. Allowed only in answers to a call with `raw`. */
  readonly isText?: true;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Ids of the writes that made this version, newest first; see `chainWriteIds`. */
  readonly writeIds: readonly string[];
  /** Data of the store that the next version must carry over. Opaque to everything but the store. */
  readonly extra?: unknown;
}

/** File to write. */
export interface Change {
  readonly key: Key;
  /**
   * Names the protocol call: the same on every attempt, different for every other call. All changes of one upload share
   * it, so it identifies a change only together with the key.
   */
  readonly id: string;
  /**
   * - `create`: only if there is no file; otherwise the outcome is `exists`.
   * - `overwrite`: create or replace.
   * - a file: only if its version is still the stored one; otherwise the outcome is `changed` or `missing`. Its content
   *   may be empty; only its other fields are used.
   */
  readonly condition: "create" | "overwrite" | StoredFile;
  /** New content. `createdAt` is kept if `condition` is a file and set anew otherwise. Bytes belong to the caller. */
  readonly content: string | Uint8Array;
  /**
   * True if `content` is the valid UTF-8 encoding of a text, to be stored as that text. Needs `capabilities.utf8Text`.
   */
  readonly isText?: true;
}

/**
 * Reason why a change was refused. `conflict`: a file would also be a directory; `other` is the file in the way, above
 * the key or any one below it. Only a creation conflicts, and only without the capability `fileAndDirectory`.
 */
export type Refusal =
  | { readonly done: false; readonly why: "exists" | "changed" | "missing" }
  | { readonly done: false; readonly why: "conflict"; readonly other: Key };

/** Outcome of a change. `version` is that of the file as it is now stored, if known. */
export type Outcome = { readonly done: true; readonly version?: Version } | Refusal;

/** Time on the service's clock. */
export interface ServiceTime {
  /** Now, or up to `toleranceMs` earlier. */
  readonly now: Date;
  /** Largest error of this time and of a file's times against each other, in milliseconds. */
  readonly toleranceMs: number;
}

/** Bounds of a moment on the service's clock. */
export interface Moment {
  readonly earliest: Date;
  readonly latest: Date;
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
  ): Promise<LineWindow | "not-text" | undefined>;

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
