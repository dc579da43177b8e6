import type { RemoteBackendError } from "../support/errors.js";
import type { FoundLine } from "../text/find-lines.js";
import type { LineWindow } from "../text/lines.js";
import type { HealthReport } from "./health-report.js";

/**
 * Where a file lies: namespace root and path, without a slash at either end. A store adds its prefix or table. Core asks
 * for well-formed keys without control characters and empty segments, of `can.maxKeyBytes` at most; every other character
 * is one as any other. What others have put into the storage may have any name.
 */
export type Key = string;

/** Opaque; equal versions of one key mean equal files. An ETag, an `xmin`, or the newest write id. */
export type Version = string;

/** What every call carries. */
export interface Call {
  /**
   * Aborted when the operation's time is up. A call must end then, by an answer or a `RemoteBackendError`, and may be
   * abandoned. What is synchronous looks at it before it begins.
   */
  readonly signal: AbortSignal;
  /**
   * When that will be, as `performance.now()` tells it, where it is known. A store that keeps time by itself need not ask
   * for `signal`, which is made only for those who do. Who puts another signal in its place takes the deadline out.
   */
  readonly deadline?: number | undefined;
  /** The tenant's root, for layers: every key of the call is below it. Empty, or it ends in `/`. */
  readonly root: Key;
}

/** One line of a listing. */
export interface Entry {
  /** A directory's key ends in `/`, and has its place in the order with it: behind `d.`, before `d0`. */
  readonly key: Key;
  readonly directory?: true;
  /** The one that `get` would answer with. */
  readonly version?: Version;
  /** Bytes of the content; left out where the store does not know them, never something else. */
  readonly size?: number;
  /** Bytes that are stored and fetched, where `size` is not known: they bound the memory that a fetch takes. */
  readonly storedSize?: number;
  readonly modifiedAt?: Date;
}

/** A file as it is stored. */
export interface StoredFile {
  readonly key: Key;
  readonly version: Version;
  /**
   * Text as a string without lone surrogates, anything else as bytes: what was stored as the one never comes back as the
   * other, so a store keeps it beside the content. Bytes are the caller's own.
   */
  readonly content: string | Uint8Array;
  /** True if `content` is the UTF-8 of a text. Only an answer to a call with `raw` may have it. */
  readonly isText?: true;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Ids of the writes that made it, newest first; see `chainWriteIds`. */
  readonly writeIds: readonly string[];
  /** What else the store found and must carry over into the next version. Nobody but the store looks at it. */
  readonly extra?: unknown;
}

/** One file to write. */
export interface Change {
  readonly key: Key;
  /**
   * Names the protocol call: the same on every attempt of it, another for every other. All changes of one upload share it,
   * so it says something only together with the key.
   */
  readonly id: string;
  /**
   * `absent`: create only, or `exists`. `any`: create or replace. A file: only if its version is still the stored one, or
   * `changed`, or `missing`; its content is empty where
   * that was let go of, since only what else is known of it counts.
   */
  readonly when: "absent" | "any" | StoredFile;
  /** The new content. `createdAt` is kept when `when` is a file, and set anew otherwise. Bytes stay the caller's. */
  readonly to: string | Uint8Array;
  /** True if `to` is the valid UTF-8 of a text, to be stored as that text. Only stores with `can.utf8Text` get it. */
  readonly isText?: true;
}

/**
 * Why a change was refused. `clash`: a file would also be a directory; `other` names the file in the way, above the key or
 * any one below it. Only a creation clashes, and only where `can.fileAndDirectory` is not promised.
 */
export type Refusal =
  | { readonly done: false; readonly why: "exists" | "changed" | "missing" }
  | { readonly done: false; readonly why: "clash"; readonly other: Key };

/** What became of a change. `version`, when known, is that of the file as it is now stored. */
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

/** What a store promises. */
export interface StoreCapabilities {
  /** Conditions are checked and the change made in one step, across processes. */
  readonly atomic: boolean;
  /** Of several removals of one file at once exactly one counts it. */
  readonly atomicDelete: boolean;
  /** `d` and `d/f` can both be stored and both be seen. Otherwise the second is refused as a clash. */
  readonly fileAndDirectory: boolean;
  /** Every file of a listing has its `size`. */
  readonly exactSizes: boolean;
  /**
   * Large text may pass as its UTF-8, both ways: see `isText` of `StoredFile` and `Change`. It saves memory, since a string
   * takes up to twice the bytes, and each conversion a copy. Default `false`.
   */
  readonly utf8Text?: boolean;
  /** Longest key in UTF-8 bytes, without what the store puts in front of it. Core refuses longer ones. */
  readonly maxKeyBytes: number;
  /** Largest file in bytes. Core refuses larger ones. */
  readonly maxFileBytes: number;
}

/** Lines of one file that contain a literal, or the reason why the file was skipped. */
export interface FoundLines {
  readonly key: Key;
  /** In order; one at least where there is no `error`. */
  readonly lines: readonly FoundLine[];
  /** Why this file alone could not be searched: `denied`, `corrupt`, `too-large` or `unfit`. */
  readonly error?: RemoteBackendError;
}

/**
 * The narrow waist: how a service stores, finds and swaps a file. `RemoteBackend` makes the whole protocol of
 * these four methods; the optional ones stand for them where the service can do the work itself.
 *
 * Failures are `RemoteBackendError`s: thrown where the call failed as a whole, returned in the place of an answer
 * where one key failed. `unavailable` promises that nothing was changed, and the call is repeated. After
 * `unknown-outcome`, which is for changes only, the caller looks first: it repeats what has certainly not been made, with
 * the same id, and reports everything else as unknown. No method throws anything else.
 *
 * The suite of `defineStoreTests` tries all of this on a store by itself.
 */
export interface FileStore {
  /** Read before every operation: a store may know better once it is open. */
  readonly can: StoreCapabilities;

  /** Attempts of a call with transient failures, the first included. Default: as many as 10 seconds of pauses allow. */
  readonly maxAttempts?: number | undefined;

  /**
   * Fetches files, as they are now: a store that keeps copies asks whether they are still right. After an outage it is
   * asked for a file that nobody has, before operations are sent again.
   * @param keys One at least, without duplicates, in any order.
   * @param call `current`: versions that a listing has just vouched for; a cache may answer from them. `stale`: an
   * outdated answer will be noticed by the caller; a cache may answer without asking the service. `raw`: text may be answered
   * as its UTF-8, marked with `isText`; only stores with `can.utf8Text` are asked so.
   * @returns One answer per key, in order; `undefined` only for a file that is certainly absent.
   */
  get(
    keys: readonly Key[],
    call: Call & {
      readonly current?: ReadonlyMap<Key, Version>;
      readonly stale?: boolean;
      readonly raw?: boolean;
    },
  ): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]>;

  /**
   * Lists keys under a prefix, in pages, in code-point order of the keys. Every page is a request of its own: the caller may
   * take its time between two, or stop.
   * @param prefix Of strings: it may end in the middle of a name, may be a whole key, and is empty for everything.
   * @param call `recursive: false` rolls up everything behind the next `/` after the prefix into one directory entry.
   * `after`: only entries behind this key of an earlier listing, which broke off: that of a file, which may be gone, or of
   * a directory, which is not listed again.
   */
  list(
    prefix: string,
    call: Call & { readonly recursive: boolean; readonly after?: Key },
  ): AsyncIterable<readonly Entry[]>;

  /**
   * Writes files; the only way to. The condition, the id and the write are one atomic step per file: a change
   * whose id is already in the file's chain is done and changes nothing, whatever its condition. The chain of the new
   * version is `chainWriteIds(id, chain)` of the stored one, also for a replacement.
   * @param changes With distinct keys, in code-point order: of a file and one below it the upper one comes first. Each is
   * made or refused by itself.
   * @param call `onOutcome`: a store that makes the changes one after the other may report each answer as soon as it is
   * known, so that answers are not lost when the operation's time is up.
   * @returns One answer per change, in order.
   */
  apply(
    changes: readonly Change[],
    call: Call & { readonly onOutcome?: (key: Key, outcome: Outcome | RemoteBackendError) => void },
  ): Promise<readonly (Outcome | RemoteBackendError)[]>;

  /**
   * Removes the file, everything below it as a directory, or both. That there is nothing is no error.
   * @param key Empty for the root of the storage, of which only what is below can be removed.
   * @param call `asked`: given when an earlier attempt has an unknown outcome: when that was sent. Files created before go;
   * files created later stay, and are not mentioned; files of which that is unknown stay, and are `left`.
   * @returns How many files went, and keys that could not be removed.
   */
  remove(
    key: Key,
    call: Call & { readonly what: "file" | "below" | "both"; readonly asked?: Moment },
  ): Promise<{ readonly removed: number; readonly left: readonly Key[] }>;

  /**
   * Reads the clock that the times of files come from. Asked only after a lost answer, to tell what existed before it from
   * what is newer. Without it no such file is replaced or removed, and more outcomes stay unknown.
   */
  clock?(call: Call): Promise<ServiceTime>;

  /**
   * Stands for `list` and `get`: lines of text files that contain `literal`, in key order, one item a file with any. The
   * caller stops pulling when it has enough. A file that cannot be read or understood is skipped, and reported by an item
   * with an `error`; an outage is thrown. Lines may be cut by `cutLine`, or come whole.
   * @param prefix As that of `list`.
   * @param literal Case-sensitive, without newline and lone surrogates; the empty one is in every line.
   * @param call `accept`: whether a file is searched at all; it may be slow, so use `filterPaced`. `limit`: lines the caller will take at most, of all files
   * together; more may come.
   */
  search?(
    prefix: string,
    literal: string,
    call: Call & { readonly accept: (key: Key) => boolean; readonly limit: number },
  ): AsyncIterable<FoundLines>;

  /**
   * Stands for `get`: a window of a text file, as `cutLines` cuts it.
   * @param offset The first line, from 0; past the end there are no lines, which is no error.
   * @param limit Lines at most; may be 0 or infinite.
   * @returns `not-text` for bytes, `undefined` for a file that is certainly absent.
   */
  lines?(key: Key, offset: number, limit: number, call: Call): Promise<LineWindow | "not-text" | undefined>;

  /**
   * Makes the storage ready. Called before the first operation, again after it failed, and by every `initialize()`; a
   * store that is open already looks at the service again. Others may open stores on the same storage at the same time.
   */
  open?(call: Pick<Call, "signal">): Promise<void>;

  /** Lets go of what the store itself opened. Called once, when no operation runs any more; perhaps without any `open`. */
  close?(): Promise<void>;

  /**
   * Finds out whether files can be read now, and what an operator should know. Creates and changes nothing, and works
   * without `open`. Without this method the storage is opened and a page of it listed.
   * @param report Takes the findings. A new one for each attempt.
   * @throws RemoteBackendError if files cannot be read.
   */
  check?(report: HealthReport, call: Pick<Call, "signal">): Promise<void>;
}
