import type { CallOptions, DeleteOptions, GetOptions, ListOptions } from "./call-options.js";
import type { Author, ChangeKind } from "./origin.js";
import type { Entry, Key, StoredFile, Version } from "./stored-file.js";

/**
 * Identifier of one version in the history of a file, without spaces. Unlike a `Version` it stays valid when the file
 * changes, and it is never given twice, not even after the file was deleted and created again.
 */
export type VersionId = string;

/** One entry of the history: a version of a file, or its deletion. */
export interface VersionEntry {
  readonly key: Key;
  readonly id: VersionId;
  readonly kind: ChangeKind;
  /** Time on the service's clock. Never earlier than that of the version before. */
  readonly at: Date;
  /** Size of the content in bytes; absent for a deletion, and if the store does not know it. */
  readonly size?: number;
  /** Absent if unknown: another program made the change, or no author was given. */
  readonly by?: Author;
  /** Version of the stored file, if this entry is the current one and no deletion. */
  readonly current?: Version;
}

/**
 * Point in the history of the files below a root:
 *
 * - a time on the service's clock;
 * - a version: directly after that change was made, wherever below the root;
 * - a checkpoint of a thread: directly before the first change that was made at it or at a later checkpoint of the
 *   thread, since most checkpoints change nothing. LangGraph's ids of checkpoints sort in their order.
 */
export type PointInTime =
  | Date
  | { readonly version: VersionId }
  | { readonly thread: string; readonly checkpoint: string };

/** Resolved point in time, in the store's own notation. Opaque, and valid as long as the history is kept. */
export type Snapshot = string;

/** Options of `FileHistory.versions`. */
export interface VersionsOptions extends CallOptions {
  /** Maximum number of entries, at least 1. */
  readonly limit: number;
  /** Id of the entry at which an earlier page ended; only older ones are returned. */
  readonly before?: VersionId | undefined;
}

/** Options of `FileHistory.changes`. */
export interface ListChangesOptions extends CallOptions {
  /** Maximum number of entries, at least 1. A page is shorter only at the end. */
  readonly limit: number;
  /** Id of the entry at which an earlier page ended; only later ones are returned. */
  readonly since?: VersionId | undefined;
  /** Only changes that were made in this thread. */
  readonly thread?: string | undefined;
}

/** Options of `FileHistory.erase`. */
export interface EraseVersionsOptions extends CallOptions, Pick<DeleteOptions, "scope"> {
  /** Erases only versions that were replaced or deleted before this time, and keeps the files. */
  readonly before?: Date | undefined;
}

/** Result of `FileHistory.erase`. */
export interface Erasure {
  /** Number of files that existed and were deleted. */
  readonly files: number;
  /** Number of erased versions, those of the deleted files included. Entries of deletions are not counted. */
  readonly versions: number;
}

/**
 * History of the files of a store: every version with its author. A store records it by itself, in the same atomic step
 * as the change, from `CallOptions.origin`, changes by other programs included. A change that leaves the content as it is
 * makes no version. The order of versions never depends on the clocks of clients.
 *
 * Failures are thrown as those of `FileStore`. An id that the store does not know is answered with `undefined` or an
 * empty page; `resolve` says what is wrong.
 */
export interface FileHistory {
  /** Returns versions of one file, newest first, deletions included. */
  versions(key: Key, options: VersionsOptions): Promise<readonly VersionEntry[]>;

  /**
   * Fetches a file as it was at a version.
   * @returns `undefined` for a deletion and for an id that is not in the history of this file.
   */
  getVersion(key: Key, id: VersionId, options: GetOptions): Promise<StoredFile | undefined>;

  /**
   * Resolves a point in time for the files below `options.root`.
   * @throws RemoteBackendError `invalid-options`, made by `unknownPoint`, if there is no such version or checkpoint below
   *   the root, or if the time is before the history begins.
   */
  resolve(point: PointInTime, options: CallOptions): Promise<Snapshot>;

  /** As `FileStore.get`, for the files as they were. `options.current` and `options.stale` are not given. */
  getAt(
    keys: readonly Key[],
    snapshot: Snapshot,
    options: GetOptions,
  ): Promise<readonly (StoredFile | undefined)[]>;

  /** As `FileStore.list`, for the files as they were. */
  listAt(prefix: string, snapshot: Snapshot, options: ListOptions): AsyncIterable<readonly Entry[]>;

  /** Lists the keys of files under a prefix that changed after a snapshot, in key order, in pages. May list more. */
  changedSince(prefix: string, snapshot: Snapshot, options: CallOptions): AsyncIterable<readonly Key[]>;

  /**
   * Returns changes under a prefix, oldest first. A change that is still being committed is in a later page: none is
   * lost by paging.
   */
  changes(prefix: string, options: ListChangesOptions): Promise<readonly VersionEntry[]>;

  /**
   * Removes a file, its descendants, or both, together with every version and entry of them, for good. A change that is
   * made at the same time either is erased or begins a new history.
   */
  erase(key: Key, options: EraseVersionsOptions): Promise<Erasure>;
}
