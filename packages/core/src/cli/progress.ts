import type { Out } from "./io.js";

/** One line on a terminal that is written over and over; nothing anywhere else. */
export class Progress {
  readonly #out: Out;

  constructor(out: Out) {
    this.#out = out;
  }

  show(line: string): void {
    // A terminal that does not know its width says 0.
    if (this.#out.isTTY) this.#out.write(`${START}${line.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  /** Makes room for other text. */
  clear(): void {
    if (this.#out.isTTY) this.#out.write(START);
  }
}

/** To the start of the line, and erase it. */
const START = "\r\u001b[K";
