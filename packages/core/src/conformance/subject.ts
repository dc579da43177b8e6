import type { HistoryBackend } from "../backend/history/history-backend.js";
import type { BackendProtocolV2 } from "../protocol/protocol.js";
import type { PointInTime } from "../store/file-history.js";
import { ConformanceFailure, show } from "./assert.js";
import { notPromisedAfterAll } from "./not-tried.js";

/** Methods of the protocol, each present and returning a promise. */
type ProtocolSubject = {
  readonly [M in keyof BackendProtocolV2]-?: (
    ...args: Parameters<NonNullable<BackendProtocolV2[M]>>
  ) => Promise<Awaited<ReturnType<NonNullable<BackendProtocolV2[M]>>>>;
};

/** Methods on the history. Only backends that promise one have them. */
type HistoryMethods = Pick<HistoryBackend, (typeof HISTORY_METHODS)[number]>;

/** Backend under test. */
export type Subject = ProtocolSubject &
  Readonly<HistoryMethods> & {
    /** Returns the files as they were. */
    at(point: PointInTime): Subject;
  };

/** Methods of the protocol. */
export const METHODS = [
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
] as const satisfies readonly (keyof BackendProtocolV2)[];

const HISTORY_METHODS = ["history", "readVersion", "diff", "restore", "rewind", "changes", "erase"] as const;

const REMEMBERED = 8;

/** Last calls of a case, for its failure report. */
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

  /** Returns one line per call, oldest first. */
  lines(): readonly string[] {
    return this.#dropped > 0 ? [`(${this.#dropped} earlier calls)`, ...this.#calls] : this.#calls;
  }
}

/** Inspects the arguments of a call before it is made. */
export type Guard = (method: string, args: readonly unknown[]) => void;

/** Ends cases that put a file into a directory, if the backend does not promise directories. */
export function pathGuard(root: string): Guard {
  const isNested = (path: unknown): boolean =>
    typeof path === "string" && path.slice(root.length).replace(/^\/+/, "").includes("/");
  const pathsOf = (args: readonly unknown[]) => (Array.isArray(args[0]) ? args[0].flat() : [args[0]]);
  return (method, args) => {
    if (STORING.has(method) && pathsOf(args).some(isNested)) throw notPromisedAfterAll("directories");
  };
}

/** Methods that return a list. */
const BATCHES: ReadonlySet<string> = new Set(["uploadFiles", "downloadFiles"]);

const STORING: ReadonlySet<string> = new Set(["write", "edit", "uploadFiles"]);

/**
 * Records the calls of a backend in `log`, and turns a rejection into a failure, because deepagents' tools do not catch
 * it.
 */
export function watch(backend: BackendProtocolV2, log: CallLog, guard?: Guard): Subject {
  const ownMethod = (method: string): ((...args: unknown[]) => unknown) => {
    const own: unknown = Reflect.get(backend, method);
    if (typeof own === "function") return own.bind(backend);
    throw new ConformanceFailure(method, "a method, since it is promised", show(own));
  };
  const watched = [...METHODS, ...HISTORY_METHODS].map((method) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      guard?.(method, args);
      const said = `${method}(${args.map(show).join(", ")})`;
      const own = ownMethod(method);
      let answer: unknown;
      try {
        answer = await own(...args);
      } catch (error) {
        log.add(`${said} threw ${show(String(error))}`);
        throw new ConformanceFailure(said, "an answer, since no method may throw or reject", String(error));
      }
      log.add(`${said} -> ${show(answer)}`);
      const isList = BATCHES.has(method);
      if (typeof answer !== "object" || answer === null || Array.isArray(answer) !== isList) {
        throw new ConformanceFailure(
          said,
          isList ? "a list of answers" : "an answer, an object",
          show(answer),
        );
      }
      return answer;
    };
    return [method, call];
  });
  const at = (point: PointInTime) => watch(ownMethod("at")(point) as BackendProtocolV2, log);
  return { ...Object.fromEntries(watched), at } as Subject;
}
