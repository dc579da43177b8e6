import type { GrepMatch } from "../../protocol/protocol.js";
import type { RemoteBackendError } from "../../support/errors.js";

/** Maximum number of files named individually. */
const MAX_NAMED = 10;

/**
 * Adds the files that a search skipped to its matches, as notes: deepagents shows a model only the matches of an
 * answer, and drops them if there is an error. A note is a match of line 0.
 */
export class SkippedFiles {
  readonly #matches: GrepMatch[];
  readonly #notes: GrepMatch[] = [];
  #others = 0;

  /** @param matches Matches so far; notes are inserted in file order. */
  constructor(matches: GrepMatch[]) {
    this.#matches = matches;
  }

  /** Number of notes among the matches. */
  get named(): number {
    return this.#notes.length;
  }

  /** Reports a skipped file: the first ones with a note each, the rest as a count. */
  add(path: string, error: RemoteBackendError): void {
    if (this.#notes.length === MAX_NAMED) {
      this.#others += 1;
      return;
    }
    const note = { path, line: 0, text: `[This file was not searched: ${error.message}]` };
    this.#notes.push(note);
    this.#matches.push(note);
  }

  /** Returns the matches with all notes. */
  reported(): GrepMatch[] {
    const last = this.#notes.at(-1);
    if (last && this.#others > 0) last.text += ` [${this.#others} more files were not searched either]`;
    return this.#matches;
  }
}
