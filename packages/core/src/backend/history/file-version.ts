import type { VersionEntry } from "../../store/file-history.js";
import type { Key } from "../../store/file-store.js";
import { below, type Location, type OperationContext, pathOf } from "../operations/operation.js";
import type { FileVersion } from "./results.js";

/** Converts an entry of the history to the form of answers. */
export function fileVersion(op: OperationContext, entry: VersionEntry): FileVersion {
  const { key, id, kind, at, size, by, current } = entry;
  return {
    path: pathOf(op, key),
    version: id,
    kind,
    time: at.toISOString(),
    ...(size !== undefined && { size }),
    ...(by && { by }),
    ...(current !== undefined && { current: true }),
  };
}

/** Returns the longest prefix of all keys at a location: of a file and everything below it. */
export const prefixAt = (location: Location): string =>
  location.relative === "" || location.directory ? below(location) : location.key;

/** True if a key with the prefix of a location is at that location: `a` and `a/b` are at `a`, `ab` is not. */
export const isAt = (location: Location, key: Key): boolean =>
  (key === location.key && !location.directory) || key.startsWith(below(location));
