import { fromUpload, toBytes } from "../content.js";
import { RemoteBackendError } from "../errors.js";
import { compareCodePoints } from "../order.js";
import type { FileDownloadResponse, FileOperationError, FileUploadResponse } from "../protocol.js";
import type { Change, Key } from "../store.js";
import { newWriteId } from "../write-ids.js";
import { applyChanges, type Settled } from "./apply.js";
import { type Fetched, fetchFiles, type Location, locateFile, type Operation } from "./operation.js";
import { clashSentence, tooLargeSentence } from "./refusals.js";

/** Why one file of a batch failed. */
export interface Failure {
  readonly error: FileOperationError;
  readonly message: string;
}

/** The code for an error; the protocol has four, and an outage is the one that nobody takes for absence. */
export function failureOf(error: RemoteBackendError): Failure {
  return { error: error.code === "bad-key" ? "invalid_path" : "permission_denied", message: error.message };
}

/** Where a file of a batch lies, or why it can lie nowhere. */
function place(op: Operation, path: string): Location | Failure {
  try {
    const location = locateFile(op, path);
    return location.directory ? { error: "is_directory", message: "The path names a directory." } : location;
  } catch (error) {
    if (RemoteBackendError.is(error)) return failureOf(error);
    throw error;
  }
}

/** @param files Bytes that are the operation's own; `undefined` for what were none. */
export async function uploadFiles(
  op: Operation,
  files: ReadonlyArray<readonly [string, Uint8Array | undefined]>,
): Promise<FileUploadResponse[]> {
  const id = newWriteId();
  const changes = new Map<Key, Change>();
  const placed = files.map(([path, bytes]): Location | Failure => {
    const location = place(op, path);
    if ("error" in location) return location;
    if (!bytes) return { error: "invalid_path", message: "The content must be a Uint8Array." };
    if (bytes.byteLength > op.limits.maxFileBytes) {
      return { error: "permission_denied", message: tooLargeSentence(path, bytes.byteLength, op) };
    }
    // Of duplicates the last one wins.
    changes.set(location.key, { key: location.key, id, when: "any", to: fromUpload(path, bytes) });
    return location;
  });
  // In order, so that two batches lock files in one order, and of a file and one below it the same one always wins.
  const batch = [...changes.values()].sort((a, b) => compareCodePoints(a.key, b.key));
  const settled = await applyChanges(op, batch);
  const byKey = new Map(batch.map((change, i) => [change.key, { change, outcome: settled[i]! }]));
  return files.map(([path], i) => {
    const location = placed[i]!;
    if ("error" in location) return { path, error: location.error, message: location.message };
    const { change, outcome } = byKey.get(location.key)!;
    const failure = uploadFailure(op, path, change.key, outcome);
    if (failure) return { path, ...failure };
    op.moved(change.to);
    return { path, error: null };
  });
}

function uploadFailure(op: Operation, path: string, key: Key, settled: Settled): Failure | undefined {
  if (RemoteBackendError.is(settled)) {
    op.failed(settled);
    return failureOf(settled);
  }
  if (settled.done) return undefined;
  if (settled.why === "clash") {
    const error = settled.other.startsWith(`${key}/`) ? "is_directory" : "invalid_path";
    return { error, message: clashSentence(op, path, settled.other) };
  }
  return { error: "permission_denied", message: "The file changed while it was being replaced." };
}

export async function downloadFiles(
  op: Operation,
  paths: readonly string[],
): Promise<FileDownloadResponse[]> {
  const placed = paths.map((path) => place(op, path));
  const keys = new Set(placed.flatMap((location) => ("error" in location ? [] : [location.key])));
  const fetched = await fetchFiles(op, [...keys]);
  return paths.map((path, i) => {
    const location = placed[i]!;
    if ("error" in location) return { path, content: null, error: location.error, message: location.message };
    return download(op, path, fetched.get(location.key));
  });
}

function download(op: Operation, path: string, file: Fetched): FileDownloadResponse {
  if (file === undefined)
    return { path, content: null, error: "file_not_found", message: "There is no such file." };
  if (RemoteBackendError.is(file)) {
    op.failed(file);
    return { path, content: null, ...failureOf(file) };
  }
  const content = toBytes(file.content);
  op.moved(content);
  return { path, content, error: null };
}
