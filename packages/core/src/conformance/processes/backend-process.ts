import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { ConformanceFailure } from "../assert.js";
import type { Subject } from "../subject.js";
import { PROGRAM } from "./program.js";

/** A call: the name of a method and its arguments. */
export type ProcessCall = { [M in keyof Subject]: readonly [M, ...Parameters<Subject[M]>] }[keyof Subject];

/** What any method may answer with, as far as all of them. */
export type ProcessAnswer = { readonly error?: unknown } & Readonly<Record<string, unknown>>;

type Reply = { readonly answer?: unknown; readonly error?: string };

/** The end of what a process wrote to its standard error, in characters. */
const REMEMBERED = 2_000;

/** Another process, with a backend on the same storage. */
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
      // Named, since a test runner's own `process.env` is not the one that children inherit.
      env: process.env,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
      signal,
      killSignal: "SIGKILL",
    });
    // What went wrong is told when it has ended.
    this.#child.on("error", () => {});
    (this.#child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-REMEMBERED);
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once("close", (code, killedBy) => {
        reject(this.#failure("an answer", `its end (${killedBy ?? `exit code ${code}`})`));
      });
    });
    // The caller that waits for an answer gets the error; nobody else has to look.
    this.#ended.catch(() => {});
  }

  /** What it wrote to its standard error, in one line a process. */
  get stderr(): string {
    return this.#stderr === "" ? "" : `stderr of ${this.#name}: ${this.#stderr.trim()}`;
  }

  /** Makes the backend. @param module The URL of a module that exports `create`. */
  async open(module: string, name: string): Promise<void> {
    await this.#ask({ open: [module, name] }, "a backend");
  }

  /** Makes calls one after the other; answers with their answers. */
  async make(...calls: readonly ProcessCall[]): Promise<ProcessAnswer[]> {
    return (await this.#ask({ calls }, "an answer, since no method may throw or reject")) as ProcessAnswer[];
  }

  /** Lets go of the backend and ends the process. */
  async end(): Promise<void> {
    try {
      await this.#ask({ close: true }, "the backend closed");
    } catch (error) {
      // One that has ended by itself was told of before.
      if (this.#child.connected) throw error;
    } finally {
      this.#child.kill("SIGKILL");
      // That it has ended is what was wanted.
      await this.#ended.catch(() => {});
    }
  }

  /** One question at a time. */
  #ask(message: object, expected: string): Promise<unknown> {
    const reply = this.#last.then(async () => {
      const next = once(this.#child, "message");
      // A process that has ended is told below, by the race.
      next.catch(() => {});
      this.#child.send(message, () => {});
      const [{ answer, error }] = (await Promise.race([next, this.#ended])) as [Reply];
      if (error !== undefined) throw this.#failure(expected, error);
      return answer;
    });
    // Whoever asked is told of the failure; the next question only waits for its end.
    this.#last = reply.catch(() => {});
    return reply;
  }

  #failure(expected: string, got: string): ConformanceFailure {
    return new ConformanceFailure(this.#name, expected, got);
  }
}
