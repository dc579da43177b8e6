import { byteLength, fromUpload, toBytes } from "../content.js";
import { RemoteBackendError } from "../errors.js";
import { compareCodePoints } from "../order.js";
import type { FileDownloadResponse, FileOperationError, FileUploadResponse } from "../protocol.js";
import type { Change, Key } from "../store.js";
import { newWriteId } from "../write-ids.js";
import { applyChanges, type Settled } from "./apply.js";
import { partsOf } from "./batch.js";
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

/** An upload on its way: what is known of each file so far, by its place in the batch. */
export class Upload {
  readonly files: ReadonlyArray<readonly [string, Uint8Array | undefined]>;
  readonly #answers = new Map<number, FileUploadResponse>();
  readonly #sent = new Set<number>();

  /** @param files Bytes that are the operation's own; `undefined` for what were none. */
  constructor(files: ReadonlyArray<readonly [string, Uint8Array | undefined]>) {
    this.files = files;
  }

  /** Notes that a file is being sent. */
  sends(index: number): void {
    this.#sent.add(index);
  }

  /** Notes what became of a file. */
  answer(index: number, failure: Failure | undefined): void {
    this.#answers.set(index, { path: this.files[index]![0], ...(failure ?? { error: null }) });
  }

  /** One answer per file, in order; `failure` for those that were sent and have none. */
  answers(failure: RemoteBackendError): FileUploadResponse[] {
    const unsent =
      failure.code === "unknown-outcome"
        ? new RemoteBackendError(
            "timeout",
            "The time was used up before this file was sent: nothing was changed.",
          )
        : failure;
    return this.files.map(
      ([path], i) => this.#answers.get(i) ?? { path, ...failureOf(this.#sent.has(i) ? failure : unsent) },
    );
  }
}

/** Stores files, a part of the batch after the other. */
export async function uploadFiles(op: Operation, upload: Upload): Promise<FileUploadResponse[]> {
  const id = newWriteId();
  const changes = new Map<Key, Change>();
  const indexes = new Map<Key, number[]>();
  for (const [i, [path, bytes]] of upload.files.entries()) {
    const location = placeOf(op, path, bytes);
    if ("error" in location) {
      upload.answer(i, location);
      continue;
    }
    const { key } = location;
    // Of duplicates the last one wins.
    changes.set(key, { key, id, when: "any", to: fromUpload(path, bytes!) });
    const same = indexes.get(key) ?? [];
    same.push(i);
    indexes.set(key, same);
  }
  const note = (key: Key, settled: Settled) => {
    for (const i of indexes.get(key) ?? []) {
      upload.answer(i, uploadFailure(op, upload.files[i]![0], key, settled));
    }
  };
  // In order, so that two batches lock files in one order, and of a file and one below it the same one always wins.
  const batch = [...changes.values()].sort((a, b) => compareCodePoints(a.key, b.key));
  for (const [n, part] of partsOf(batch, ({ to }) => byteLength(to)).entries()) {
    if (n > 0 && op.call.signal.aborted) break;
    for (const { key } of part) for (const i of indexes.get(key)!) upload.sends(i);
    const settled = await applyChanges(op, part, note);
    part.forEach(({ key, to }, i) => {
      const outcome = settled[i]!;
      note(key, outcome);
      if (!RemoteBackendError.is(outcome) && outcome.done) op.moved(to);
    });
  }
  return upload.answers(new RemoteBackendError("timeout", "The time of the upload was used up."));
}

/** Where a file of an upload lies, or why it is refused. */
function placeOf(op: Operation, path: string, bytes: Uint8Array | undefined): Location | Failure {
  const location = place(op, path);
  if ("error" in location) return location;
  if (!bytes) return { error: "invalid_path", message: "The content must be a Uint8Array." };
  if (bytes.byteLength <= op.limits.maxFileBytes) return location;
  return { error: "permission_denied", message: tooLargeSentence(path, bytes.byteLength, op) };
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
