import pc from "picocolors";
import type { Io, Out } from "./io.js";
import { printable } from "./printable.js";

/** Colors of one stream; all return the text as it is where colors are off. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Output of a command: text for people, or one JSON document with `--json`. */
export class Output {
  readonly json: boolean;
  readonly colors: Colors;
  readonly #io: Io;
  #progress = false;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
    this.colors = pc.createColors(!json && hasColors(io.stdout, io.env));
  }

  /** True if standard output is a terminal. */
  get isTerminal(): boolean {
    return this.#io.stdout.isTTY === true;
  }

  /** Prints the result of the command, as text or as JSON. `text` is made only if it is printed. */
  result(value: unknown, text: () => string): void {
    this.#clear();
    this.#io.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : text());
  }

  /** Prints a line for people as soon as it is known; nothing with `--json`, whose document comes at the end. */
  line(text: string): void {
    this.#clear();
    if (!this.json) this.#io.stdout.write(`${text}\n`);
  }

  /** Writes bytes of a file: exactly, or with visible control characters on a terminal. */
  content(data: Uint8Array): void {
    this.#clear();
    this.#io.stdout.write(this.isTerminal ? printable(Buffer.from(data).toString("utf8")) : data);
  }

  /** Prints a message on standard error. */
  note(text: string): void {
    this.#clear();
    this.#io.stderr.write(`${text}\n`);
  }

  /** Shows the state of long work in one line, which is rewritten; only on a terminal. */
  progress(text: string): void {
    const { stderr } = this.#io;
    if (!stderr.isTTY) return;
    // A terminal that does not know its width reports 0.
    stderr.write(`${START}${text.slice(0, (stderr.columns || 80) - 1)}`);
    this.#progress = true;
  }

  /** Ends the line of the progress. */
  #clear(): void {
    if (this.#progress) this.#io.stderr.write(START);
    this.#progress = false;
  }
}

/** Moves to the start of the line and erases it. */
const START = "\r\u001b[K";

/** Decides about colors: only on a terminal that has them, and never with `NO_COLOR` (https://no-color.org). */
function hasColors(out: Out, env: Io["env"]): boolean {
  return out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}
