import type { FileStore } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { ConformanceFailure, check, show } from "../assert.js";
import type { CallLog } from "../subject.js";
import { checkDeletion, checkEntries, checkFile, checkOutcome, checkReport } from "./shape.js";

/** Store under test, with every method present. */
export type StoreSubject = Required<Omit<FileStore, "maxAttempts">>;

/** Describes a call: its arguments without those common to all calls. */
const said = (method: string, args: readonly unknown[]): string => {
  const plain = args.map((arg) => {
    if (typeof arg !== "object" || arg === null || !("signal" in arg)) return show(arg);
    const { signal: _, root: __, ...rest } = arg as Record<string, unknown>;
    return Object.keys(rest).length === 0 ? "" : show(rest);
  });
  return `${method}(${plain.filter((text) => text !== "").join(", ")})`;
};

/** Records the calls of a store in `log`, and checks every answer and every exception against the contract. */
export function watchStore(store: FileStore, log: CallLog): StoreSubject {
  const failed = (call: string, error: unknown): unknown => {
    if (error instanceof ConformanceFailure) return error;
    log.add(`${call} threw ${show(String(error))}`);
    if (RemoteBackendError.is(error)) return error;
    return new ConformanceFailure(call, "nothing thrown but a RemoteBackendError", String(error));
  };
  const ask = async <T>(
    call: string,
    run: () => Promise<T>,
    checkAnswer: (answer: T) => void,
  ): Promise<T> => {
    try {
      const answer = await run();
      log.add(`${call} -> ${show(answer)}`);
      checkAnswer(answer);
      return answer;
    } catch (error) {
      throw failed(call, error);
    }
  };
  async function* pull<T>(call: string, run: () => AsyncIterable<T>): AsyncGenerator<T> {
    let items = 0;
    try {
      for await (const item of run()) {
        items += 1;
        yield item;
      }
      log.add(`${call} -> ${items} items`);
    } catch (error) {
      throw failed(call, error);
    }
  }
  const method = <M extends "search" | "readLines" | "clock" | "check">(
    name: M,
  ): NonNullable<FileStore[M]> => {
    const own = store[name];
    check(own !== undefined, name, "a method, since it is promised", own);
    return own.bind(store) as NonNullable<FileStore[M]>;
  };
  return {
    get capabilities() {
      return store.capabilities;
    },
    get: (keys, call) =>
      ask(
        said("get", [keys, call]),
        () => store.get(keys, call),
        (answers) => {
          check(answers.length === keys.length, "get", `${keys.length} answers`, answers);
          answers.forEach((answer, i) => {
            checkFile(keys[i]!, answer);
          });
        },
      ),
    list: (prefix, call) =>
      checkEntries(
        pull(said("list", [prefix, call]), () => store.list(prefix, call)),
        prefix,
        call,
      ),
    put: (changes, call) =>
      ask(
        said("put", [changes, call]),
        () => store.put(changes, call),
        (answers) => {
          check(answers.length === changes.length, "put", `${changes.length} answers`, answers);
          for (const answer of answers) checkOutcome(answer);
        },
      ),
    delete: (key, call) => ask(said("delete", [key, call]), () => store.delete(key, call), checkDeletion),
    clock: (call) =>
      ask(
        "clock()",
        () => method("clock")(call),
        ({ now, toleranceMs }) => {
          check(now instanceof Date && toleranceMs >= 0, "clock", "a Date and its tolerance", {
            now,
            toleranceMs,
          });
        },
      ),
    search: (prefix, pattern, call) =>
      pull(said("search", [prefix, pattern, call]), () => method("search")(prefix, pattern, call)),
    readLines: (key, offset, limit, call) =>
      ask(
        said("readLines", [key, offset, limit, call]),
        () => method("readLines")(key, offset, limit, call),
        () => {},
      ),
    open: (call) =>
      ask(
        "open()",
        async () => store.open?.(call),
        () => {},
      ),
    check: (report, call) =>
      ask(
        "check()",
        async () => method("check")(report, call),
        () => checkReport(report),
      ),
    close: () =>
      ask(
        "close()",
        async () => store.close?.(),
        () => {},
      ),
  };
}
