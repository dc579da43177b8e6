import type { Out } from "./io.js";

/** Progress line that is rewritten in place on a terminal; prints nothing elsewhere. */
export class Progress {
  readonly #out: Out;

  constructor(out: Out) {
    this.#out = out;
  }

  show(line: string): void {
    // A terminal that does not know its width reports 0.
    if (this.#out.isTTY) this.#out.write(`${START}${line.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  /** Clears the line for other output. */
  clear(): void {
    if (this.#out.isTTY) this.#out.write(START);
  }
}

/** Moves to the start of the line and erases it. */
const START = "\r\u001b[K";
