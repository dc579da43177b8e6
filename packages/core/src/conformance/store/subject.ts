import type { FileHistory } from "../../store/file-history.js";
import type { FileStore } from "../../store/file-store.js";
import { check } from "../assert.js";
import type { CallLog } from "../subject.js";
import { checkDeletion, checkEntries, checkFile, checkOutcome, checkReport } from "./shape.js";
import { watchHistory } from "./watch-history.js";
import { said, watcher } from "./watcher.js";

/** Store under test, with every method present. */
export type StoreSubject = Required<Omit<FileStore, "history" | "maxAttempts">> & {
  readonly history: FileHistory;
};

/** Records the calls of a store in `log`, and checks every answer and every exception against the contract. */
export function watchStore(store: FileStore, log: CallLog): StoreSubject {
  const { ask, pull } = watcher(log);
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
    get history() {
      check(store.history !== undefined, "history", "an object, since it is promised", store.history);
      return watchHistory(store.history, log);
    },
    get: (keys, options) =>
      ask(
        said("get", [keys, options]),
        () => store.get(keys, options),
        (answers) => {
          check(answers.length === keys.length, "get", `${keys.length} answers`, answers);
          answers.forEach((answer, i) => {
            checkFile(keys[i]!, answer);
          });
        },
      ),
    list: (prefix, options) =>
      checkEntries(
        pull(said("list", [prefix, options]), () => store.list(prefix, options)),
        prefix,
        options,
      ),
    put: (changes, options) =>
      ask(
        said("put", [changes, options]),
        () => store.put(changes, options),
        (answers) => {
          check(answers.length === changes.length, "put", `${changes.length} answers`, answers);
          for (const answer of answers) checkOutcome(answer);
        },
      ),
    delete: (key, options) =>
      ask(said("delete", [key, options]), () => store.delete(key, options), checkDeletion),
    clock: (options) =>
      ask(
        "clock()",
        () => method("clock")(options),
        ({ now, toleranceMs }) => {
          check(now instanceof Date && toleranceMs >= 0, "clock", "a Date and its tolerance", {
            now,
            toleranceMs,
          });
        },
      ),
    search: (prefix, pattern, options) =>
      pull(said("search", [prefix, pattern, options]), () => method("search")(prefix, pattern, options)),
    readLines: (key, offset, limit, options) =>
      ask(
        said("readLines", [key, offset, limit, options]),
        () => method("readLines")(key, offset, limit, options),
        () => {},
      ),
    open: (options) =>
      ask(
        "open()",
        async () => store.open?.(options),
        () => {},
      ),
    check: (report, options) =>
      ask(
        "check()",
        async () => method("check")(report, options),
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
