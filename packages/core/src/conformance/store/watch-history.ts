import type { FileHistory } from "../../store/file-history.js";
import { check } from "../assert.js";
import type { CallLog } from "../subject.js";
import { checkChanges, checkEntries, checkErasure, checkFile, checkKeys, checkVersions } from "./shape.js";
import { said, watcher } from "./watcher.js";

/** Records the calls of a history in `log`, and checks every answer and every exception against the contract. */
export function watchHistory(history: FileHistory, log: CallLog): FileHistory {
  const { ask, pull } = watcher(log);
  return {
    versions: (key, options) =>
      ask(
        said("versions", [key, options]),
        () => history.versions(key, options),
        (entries) => checkVersions(key, entries, options),
      ),
    getVersion: (key, id, options) =>
      ask(
        said("getVersion", [key, id, options]),
        () => history.getVersion(key, id, options),
        (file) => checkFile(key, file),
      ),
    resolve: (point, options) =>
      ask(
        said("resolve", [point, options]),
        () => history.resolve(point, options),
        (snapshot) => check(typeof snapshot === "string", "resolve", "a snapshot, as text", snapshot),
      ),
    getAt: (keys, snapshot, options) =>
      ask(
        said("getAt", [keys, snapshot, options]),
        () => history.getAt(keys, snapshot, options),
        (files) => {
          check(files.length === keys.length, "getAt", `${keys.length} answers`, files);
          files.forEach((file, i) => {
            checkFile(keys[i]!, file);
          });
        },
      ),
    listAt: (prefix, snapshot, options) =>
      checkEntries(
        pull(said("listAt", [prefix, snapshot, options]), () => history.listAt(prefix, snapshot, options)),
        prefix,
        options,
      ),
    changedSince: (prefix, snapshot, options) =>
      checkKeys(
        pull(said("changedSince", [prefix, snapshot, options]), () =>
          history.changedSince(prefix, snapshot, options),
        ),
        prefix,
      ),
    changes: (prefix, options) =>
      ask(
        said("changes", [prefix, options]),
        () => history.changes(prefix, options),
        (entries) => checkChanges(prefix, entries, options),
      ),
    erase: (key, options) =>
      ask(said("erase", [key, options]), () => history.erase(key, options), checkErasure),
  };
}
