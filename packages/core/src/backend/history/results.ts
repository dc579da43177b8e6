import type { ReadRawResult } from "../../protocol/protocol.js";
import type { Author, ChangeKind } from "../../store/origin.js";

/** Version of a file, or its deletion. */
export interface FileVersion {
  /** Absolute path. */
  readonly path: string;
  /** Identifier of the version, for `readVersion`, `diff`, `restore`, `at` and `rewind`. Valid as long as it is kept. */
  readonly version: string;
  readonly kind: ChangeKind;
  /** Time of the change on the service's clock, in ISO 8601. */
  readonly time: string;
  /** Size of the content in bytes; absent for a deletion, and if unknown. */
  readonly size?: number;
  /** Author, if one was given: see `HistoryOptions.by`. */
  readonly by?: Author;
  /** True for the version that is stored now. */
  readonly current?: true;
}

/** Options of `history`. */
export interface FileHistoryOptions {
  /** Maximum number of versions, from 1 to 1,000. Default 100. */
  limit?: number | undefined;
  /** `next` of the page before. */
  before?: string | undefined;
}

/** Result of `history`: versions, newest first. */
export interface FileHistoryResult {
  readonly versions?: readonly FileVersion[];
  /** Value of `before` for the next page; absent on the last one. */
  readonly next?: string;
  readonly error?: string;
}

/** Result of `readVersion`. */
export type ReadVersionResult = ReadRawResult;

/** Result of `diff`. */
export interface DiffResult {
  /** Unified diff; empty for equal files. */
  readonly diff?: string;
  readonly error?: string;
}

/** Options of `restore`. */
export interface RestoreOptions {
  /** Restores only if this is still the newest version. An id of a deletion is a version, too. */
  ifVersion?: string | undefined;
}

/** Result of `restore`. */
export interface RestoreResult {
  readonly path?: string;
  readonly error?: string;
  /** True if `ifVersion` was given and the file has changed since. */
  readonly conflict?: true;
}

/** Options of `rewind`. */
export interface RewindOptions {
  /** File or directory to rewind. Default `/`. */
  path?: string | undefined;
}

/** Result of `rewind` for one file. */
export interface RewoundFile {
  readonly path: string;
  /** `unchanged`: it was as it had been, and was left alone. `failed`: see `error`. */
  readonly outcome: "restored" | "deleted" | "unchanged" | "failed";
  readonly error?: string;
}

/** Result of `rewind`: one answer for each file that has changed since. */
export interface RewindResult {
  readonly files?: readonly RewoundFile[];
  /** Set if the files to rewind could not be determined; nothing was changed. */
  readonly error?: string;
}

/** Options of `changes`. */
export interface ChangesOptions {
  /** `next` of an earlier page. Default: from the beginning. */
  since?: string | undefined;
  /** Only changes that were made in this thread. */
  thread?: string | undefined;
  /** Only changes of this file, or below this directory. Default `/`. */
  path?: string | undefined;
  /** Maximum number of changes, from 1 to 1,000. Default 100. */
  limit?: number | undefined;
}

/** Result of `changes`: changes, oldest first. */
export interface ChangesResult {
  readonly changes?: readonly FileVersion[];
  /** Value of `since` for the changes after these, also for those that are made later. Absent if there was none yet. */
  readonly next?: string;
  readonly error?: string;
}

/** Options of `erase`. */
export interface EraseOptions {
  /** Erases only versions that were replaced or deleted before this time, and keeps the files. Default: everything. */
  before?: Date | undefined;
}

/** Result of `erase`. */
export interface EraseResult {
  /** Number of deleted files. */
  readonly files?: number;
  /** Number of erased versions, those of the deleted files included. */
  readonly versions?: number;
  readonly error?: string;
}
