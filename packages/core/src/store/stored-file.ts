import type { LineWindow } from "../text/lines.js";

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

/** Window of a stored text. */
export interface StoredLines extends LineWindow {
  /** Version of the file that the lines are from: the one that `get` would return. */
  readonly version: Version;
}
