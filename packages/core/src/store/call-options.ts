import type { RemoteBackendError } from "../support/errors.js";
import type { Outcome } from "./change.js";
import type { Origin } from "./origin.js";
import type { Key, Version } from "./stored-file.js";

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
  /** Origin of the changes of the call, for a store that keeps a history. */
  readonly origin?: Origin;
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
  /** False to roll up everything past the next `/` after the prefix into one directory entry. */
  readonly recursive: boolean;
  /**
   * Last key of an earlier listing that was interrupted; only later entries are listed. It may be the key of a file
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

/** Bounds of a moment on the service's clock. */
export interface TimeRange {
  readonly earliest: Date;
  readonly latest: Date;
}

/** Options of `FileStore.delete`. */
export interface DeleteOptions extends CallOptions {
  /** The file itself, everything below it as a directory, or both. */
  readonly scope: "file" | "descendants" | "all";
  /**
   * Time of the first request, given when an earlier attempt has an unknown outcome. Files created before it are
   * deleted. Files created later are kept and not reported. Files of undecidable age are kept and reported as `failed`.
   */
  readonly requestedAt?: TimeRange;
}

/** Options of `FileStore.search`. */
export interface SearchOptions extends CallOptions {
  /** Decides whether a file is searched at all. It may be slow: use `filterPaced`. */
  readonly accept: (key: Key) => boolean;
  /** Maximum number of lines that the caller will take, of all files together. More may be yielded. */
  readonly limit: number;
}
