import type { RemoteBackendError } from "./errors.js";
import type { FoundLine } from "./find-lines.js";

/** Where a file lies: namespace root and path, without a leading slash. A store adds its prefix or table. */
export type Key = string;

/** Opaque; equal versions of one key mean equal files. An ETag, an `xmin`. */
export type Version = string;

/** What every call carries. */
export interface Call {
  /** Aborted when the operation's time is up. A store must give up then, and may be abandoned. */
  readonly signal: AbortSignal;
  /** The tenant's root, for layers: every key of the call is below it. Empty, or it ends in `/`. */
  readonly root: Key;
}

/** One line of a listing. */
export interface Entry {
  /** A directory's key ends in `/`. */
  readonly key: Key;
  readonly directory?: true;
  readonly version?: Version;
  /** Bytes; exact where `can.exactSizes`. */
  readonly size?: number;
  readonly modifiedAt?: Date;
}

/** A file as it is stored. */
export interface StoredFile {
  readonly key: Key;
  readonly version: Version;
  /** Text as a string without lone surrogates, anything else as bytes. */
  readonly content: string | Uint8Array;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Ids of the writes that made it, newest first; see `chainWriteIds`. */
  readonly writeIds: readonly string[];
  /** What else the store found and must carry over into the next version. */
  readonly extra?: unknown;
}

/** One file to write. */
export interface Change {
  readonly key: Key;
  /** Names the protocol call: the same on every attempt of it, another for every other. */
  readonly id: string;
  /** `absent`: create only. `any`: create or replace. A file: only if it is still stored as it was read. */
  readonly when: "absent" | "any" | StoredFile;
  /** The new content. `createdAt` is kept when `when` is a file, and set anew otherwise. */
  readonly to: string | Uint8Array;
}

/** Why a change was refused. `clash`: a file would also be a directory; `other` names the file in the way. */
export type Refusal =
  | { readonly done: false; readonly why: "exists" | "changed" | "missing" }
  | { readonly done: false; readonly why: "clash"; readonly other: Key };

/** What became of a change. `version`, when known, is that of the file as it is now stored. */
export type Outcome = { readonly done: true; readonly version?: Version } | Refusal;

/** What a store promises. */
export interface StoreCapabilities {
  /** Conditions are checked and the change made in one step, across processes. */
  readonly atomic: boolean;
  /** Of several removals of one file at once exactly one counts it. */
  readonly atomicDelete: boolean;
  /** `d` and `d/f` can both be stored and both be seen. Otherwise the second is refused as a clash. */
  readonly fileAndDirectory: boolean;
  /** `Entry.size` is the content's bytes. */
  readonly exactSizes: boolean;
  /** Longest key in UTF-8 bytes. */
  readonly maxKeyBytes: number;
  /** Largest file in bytes. */
  readonly maxFileBytes: number;
}

/** Lines of one file that contain a literal. */
export interface FoundLines {
  readonly key: Key;
  readonly lines: readonly FoundLine[];
}

/** A window of a text file. */
export interface LineWindow {
  readonly lines: readonly string[];
  /** Lines of the whole file; a final newline starts none. */
  readonly total: number;
  /** Whether the file ends in a newline. */
  readonly finalNewline: boolean;
}

/**
 * The narrow waist: how a service stores, finds and swaps a file. `RemoteBackend` makes the whole protocol of
 * these four methods; the optional ones stand for them where the service can do the work itself.
 *
 * Failures are `RemoteBackendError`s: thrown where the call failed as a whole, returned in the place of an answer
 * where one key failed. `unavailable` promises that nothing was changed; after `unknown-outcome` the caller
 * repeats the same change with the same id. No method throws anything else.
 */
export interface FileStore {
  readonly can: StoreCapabilities;

  /** Attempts of one call that fails for a moment, the first included. Default: as many as the time allows. */
  readonly maxAttempts?: number;

  /**
   * Fetches files.
   * @param keys Without duplicates.
   * @param call `current`: versions that a listing has just vouched for; a cache may answer from them. `stale`: an
   * outdated answer will be noticed by the caller; a cache may answer without asking the service.
   * @returns One answer per key, in order; `undefined` only for a file that is certainly absent.
   */
  get(
    keys: readonly Key[],
    call: Call & { readonly current?: ReadonlyMap<Key, Version>; readonly stale?: boolean },
  ): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]>;

  /**
   * Lists keys under a string prefix, in pages, in code-point order of the keys.
   * @param call `recursive: false` rolls up everything behind the next `/` into one directory entry. `after`: only
   * entries behind this key of an earlier listing, which broke off.
   */
  list(
    prefix: string,
    call: Call & { readonly recursive: boolean; readonly after?: Key },
  ): AsyncIterable<readonly Entry[]>;

  /**
   * Writes files; the only way to. The condition, the id and the write are one atomic step per file: a change
   * whose id is already in the file's chain is done and changes nothing.
   * @param changes With distinct keys, in code-point order.
   * @returns One answer per change, in order.
   */
  apply(changes: readonly Change[], call: Call): Promise<readonly (Outcome | RemoteBackendError)[]>;

  /**
   * Removes the file, everything below it as a directory, or both.
   * @returns How many files went, and keys that could not be removed.
   */
  remove(
    key: Key,
    call: Call & { readonly what: "file" | "below" | "both" },
  ): Promise<{ readonly removed: number; readonly left: readonly Key[] }>;

  /**
   * Stands for `list` and `get`: lines that contain `literal`, in key order, one item a file. The caller stops
   * pulling when it has enough.
   * @param call `accept`: whether a file is searched at all. `limit`: lines the caller will take at most.
   */
  search?(
    prefix: string,
    literal: string,
    call: Call & { readonly accept: (key: Key) => boolean; readonly limit: number },
  ): AsyncIterable<FoundLines>;

  /**
   * Stands for `get`: a window of a text file.
   * @returns `not-text` for a binary file, `undefined` for a file that is certainly absent.
   */
  lines?(key: Key, offset: number, limit: number, call: Call): Promise<LineWindow | "not-text" | undefined>;

  /** Makes ready. Called once before the first operation, again after it failed. */
  open?(call: Pick<Call, "signal">): Promise<void>;

  /** Lets go of what the store itself opened. Called once, when no operation runs any more. */
  close?(): Promise<void>;
}
