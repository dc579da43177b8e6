import { RemoteBackendError } from "../support/errors.js";
import type { PointInTime } from "./file-history.js";

/**
 * Creates the error for a point in time that is not in the history.
 * @param begin Time at which the history begins, if known.
 */
export function unknownPoint(point: PointInTime, begin?: Date): RemoteBackendError {
  return new RemoteBackendError("invalid-options", sentence(point, begin));
}

function sentence(point: PointInTime, begin: Date | undefined): string {
  if (point instanceof Date) {
    const since = begin ? `, which begins at ${begin.toISOString()}` : "";
    return `The time ${point.toISOString()} is before the history${since}.`;
  }
  const what = "version" in point ? `version '${point.version}'` : `checkpoint '${point.checkpoint}'`;
  if (begin)
    return `The ${what} is before the history of these files, which begins at ${begin.toISOString()}.`;
  if ("version" in point) return `There is no version '${point.version}' in the history of these files.`;
  return `No change of thread '${point.thread}' at checkpoint '${point.checkpoint}' or a later one is in the history of these files.`;
}
