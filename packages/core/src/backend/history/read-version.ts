import type { StoredFile } from "../../store/file-store.js";
import { hintsFor, type OperationContext } from "../operations/operation.js";
import { fileData } from "../operations/read.js";
import { keyOfFile, versionId } from "./arguments.js";
import { historyOf } from "./history-of.js";
import type { ReadVersionResult } from "./results.js";

/** Returns a file as it was at a version. */
export async function readVersion(
  op: OperationContext,
  path: string,
  version: string,
): Promise<ReadVersionResult> {
  const key = keyOfFile(op, path);
  const file = await fetchVersion(op, key, versionId("version", version));
  if (!file) return { error: noContent(path, version) };
  op.countBytes(file.content);
  return { data: fileData(path, file) };
}

/**
 * Fetches a version of a file.
 * @param raw See `GetOptions.raw`.
 */
export function fetchVersion(
  op: OperationContext,
  key: string,
  id: string,
  raw = false,
): Promise<StoredFile | undefined> {
  const options = op.call.with(hintsFor(op.store, { raw }));
  return op.retries.run(() => historyOf(op).getVersion(key, id, options));
}

/** Returns the error sentence for a version without a file. */
export const noContent = (path: string, version: string): string =>
  `'${path}' has no version '${version}', or that version is a deletion. See history().`;
