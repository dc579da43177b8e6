import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { ConformanceFailure } from "../assert.js";
import type { Subject } from "../subject.js";
import { PROGRAM } from "./program.js";

/** Call of a method: its name and arguments. */
export type ProcessCall = { [M in keyof Subject]: readonly [M, ...Parameters<Subject[M]>] }[keyof Subject];

/** Common type of the answers of all methods. */
export type ProcessAnswer = { readonly error?: unknown } & Readonly<Record<string, unknown>>;

type Reply = { readonly answer?: unknown; readonly error?: string };

/** Number of characters kept from the end of a process's standard error. */
const REMEMBERED = 2_000;

/** Runs another process, with a backend on the same storage. */
export class BackendProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  /** Rejects when the process has ended. */
  readonly #ended: Promise<never>;
  #last: Promise<unknown> = Promise.resolve();
  #stderr = "";

  /** @param signal Kills the process. */
  constructor(name: string, signal: AbortSignal) {
    this.#name = name;
    this.#child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
      // Passed explicitly, since a test runner's `process.env` is not the one that children inherit.
      env: process.env,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
      signal,
      killSignal: "SIGKILL",
    });
    // The error is reported when the process has ended.
    this.#child.on("error", () => {});
    (this.#child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-REMEMBERED);
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once("close", (code, killedBy) => {
        reject(this.#failure("an answer", `its end (${killedBy ?? `exit code ${code}`})`));
      });
    });
    // The caller that waits for an answer receives the error, so the rejection is handled.
    this.#ended.catch(() => {});
  }

  /** Standard error of the process, on one line. */
  get stderr(): string {
    return this.#stderr === "" ? "" : `stderr of ${this.#name}: ${this.#stderr.trim()}`;
  }

  /** Creates the backend. @param module URL of a module that exports `create`. */
  async open(module: string, name: string): Promise<void> {
    await this.#ask({ open: [module, name] }, "a backend");
  }

  /** Makes calls in sequence; returns their answers. */
  async make(...calls: readonly ProcessCall[]): Promise<ProcessAnswer[]> {
    return (await this.#ask({ calls }, "an answer, since no method may throw or reject")) as ProcessAnswer[];
  }

  /** Releases the backend and ends the process. */
  async end(): Promise<void> {
    try {
      await this.#ask({ close: true }, "the backend closed");
    } catch (error) {
      // The failure of a process that ended by itself was already reported.
      if (this.#child.connected) throw error;
    } finally {
      this.#child.kill("SIGKILL");
      // The process was expected to end.
      await this.#ended.catch(() => {});
    }
  }

  /** Sends one request at a time. */
  #ask(message: object, expected: string): Promise<unknown> {
    const reply = this.#last.then(async () => {
      const next = once(this.#child, "message");
      // The end of the process is reported by the race below.
      next.catch(() => {});
      this.#child.send(message, () => {});
      const [{ answer, error }] = (await Promise.race([next, this.#ended])) as [Reply];
      if (error !== undefined) throw this.#failure(expected, error);
      return answer;
    });
    // The failure is reported to the caller; the next request only waits for this one.
    this.#last = reply.catch(() => {});
    return reply;
  }

  #failure(expected: string, got: string): ConformanceFailure {
    return new ConformanceFailure(this.#name, expected, got);
  }
}
