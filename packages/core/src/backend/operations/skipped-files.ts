import type { GrepMatch } from "../../protocol/protocol.js";
import type { RemoteBackendError } from "../../support/errors.js";

/** Files that are named one by one. */
const MAX_NAMED = 10;

/**
 * Files that a search could not read, as notes among its matches: deepagents shows nothing of an answer to the model but
 * its matches, and drops those when there is an error. A note is a match of line 0.
 */
export class SkippedFiles {
  readonly #matches: GrepMatch[];
  readonly #notes: GrepMatch[] = [];
  #others = 0;

  /** @param matches The matches so far; notes are added at the places of their files. */
  constructor(matches: GrepMatch[]) {
    this.#matches = matches;
  }

  /** How many notes are among the matches. */
  get named(): number {
    return this.#notes.length;
  }

  /** Reports a file: the first ones by a note, all others by their number. */
  add(path: string, error: RemoteBackendError): void {
    if (this.#notes.length === MAX_NAMED) {
      this.#others += 1;
      return;
    }
    const note = { path, line: 0, text: `[This file was not searched: ${error.message}]` };
    this.#notes.push(note);
    this.#matches.push(note);
  }

  /** The matches with all notes. */
  reported(): GrepMatch[] {
    const last = this.#notes.at(-1);
    if (last && this.#others > 0) last.text += ` [${this.#others} more files were not searched either]`;
    return this.#matches;
  }
}
