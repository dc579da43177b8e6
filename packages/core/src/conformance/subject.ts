import type { BackendProtocol } from "../protocol.js";
import { ConformanceFailure, show } from "./assert.js";

/** A backend under test: every method there, every answer a promise. */
export type Subject = {
  readonly [M in keyof BackendProtocol]-?: (
    ...args: Parameters<NonNullable<BackendProtocol[M]>>
  ) => Promise<Awaited<ReturnType<NonNullable<BackendProtocol[M]>>>>;
};

const METHODS = [
  "ls",
  "read",
  "readRaw",
  "write",
  "edit",
  "grep",
  "glob",
  "delete",
  "uploadFiles",
  "downloadFiles",
] as const satisfies readonly (keyof BackendProtocol)[];

const REMEMBERED = 8;

/** The last calls of a case, for its failure. */
export class CallLog {
  #calls: string[] = [];
  #dropped = 0;

  add(call: string): void {
    this.#calls.push(call);
    if (this.#calls.length > REMEMBERED) {
      this.#calls.shift();
      this.#dropped += 1;
    }
  }

  /** One line a call, oldest first. */
  lines(): readonly string[] {
    return this.#dropped > 0 ? [`(${this.#dropped} earlier calls)`, ...this.#calls] : this.#calls;
  }
}

/** Puts `log` around a backend, and makes a rejection the failure that it is: deepagents' tools do not catch. */
export function watch(backend: BackendProtocol, log: CallLog): Subject {
  const watched = METHODS.map((method) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const said = `${method}(${args.map(show).join(", ")})`;
      const own = backend[method] as ((...args: unknown[]) => unknown) | undefined;
      if (typeof own !== "function") {
        throw new ConformanceFailure(method, "a method, since it is promised", show(own));
      }
      try {
        const answer = await own.apply(backend, args);
        log.add(`${said} -> ${show(answer)}`);
        return answer;
      } catch (error) {
        log.add(`${said} threw ${show(String(error))}`);
        throw new ConformanceFailure(said, "an answer, since no method may throw or reject", String(error));
      }
    };
    return [method, call];
  });
  return Object.fromEntries(watched) as Subject;
}
