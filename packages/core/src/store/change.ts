import type { Key, StoredFile, Version } from "./stored-file.js";

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

/**
 * Outcome of a change. `version` is the one that this attempt stored. It is absent if unknown, and if an earlier attempt
 * had made the change: others may have changed the file since.
 */
export type Outcome = { readonly done: true; readonly version?: Version } | Refusal;
