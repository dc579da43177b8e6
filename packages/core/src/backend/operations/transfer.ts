import type {
  FileDownloadResponse,
  FileOperationError,
  FileUploadResponse,
} from "../../protocol/protocol.js";
import type { Change, Key } from "../../store/file-store.js";
import { newWriteId } from "../../store/write-ids.js";
import { RemoteBackendError } from "../../support/errors.js";
import { compareCodePoints } from "../../text/order.js";
import { encodeInSlices, fromUploadInSlices } from "../../text/utf8.js";
import type { UploadPolicy } from "../write-mode.js";
import { partsOf } from "./batch.js";
import { growFiles } from "./grow.js";
import { type Fetched, fetchFiles, type Location, locateFile, type OperationContext } from "./operation.js";
import { putChanges, type Settled } from "./put.js";
import { conversationHistorySentence, pathConflictSentence, tooLargeSentence } from "./refusals.js";
import { storedUpload } from "./stored-content.js";

/** Reason why one file of a batch failed. */
export interface Failure {
  readonly error: FileOperationError;
  readonly message: string;
}

/** Maps an error to one of the protocol's four codes. An outage becomes the one that cannot be mistaken for absence. */
export function failureOf(error: RemoteBackendError): Failure {
  return {
    error: error.code === "invalid-path" ? "invalid_path" : "permission_denied",
    message: error.message,
  };
}

/** Resolves the path of a file of a batch, or returns the reason why it is refused. */
function place(op: OperationContext, path: string): Location | Failure {
  try {
    const location = locateFile(op, path);
    return location.directory ? { error: "is_directory", message: "The path names a directory." } : location;
  } catch (error) {
    if (RemoteBackendError.is(error)) return failureOf(error);
    throw error;
  }
}

/** State of an upload: the result of each file so far, by its index in the batch. */
export class Upload {
  readonly paths: readonly string[];
  readonly #bytes: (Uint8Array | undefined)[];
  readonly #answers = new Map<number, FileUploadResponse>();
  readonly #sent = new Set<number>();

  /** @param files Bytes owned by the operation, released as they are sent; `undefined` for an invalid value. */
  constructor(files: readonly (readonly [string, Uint8Array | undefined])[]) {
    this.paths = files.map(([path]) => path);
    this.#bytes = files.map(([, bytes]) => bytes);
  }

  bytesOf(index: number): Uint8Array | undefined {
    return this.#bytes[index];
  }

  /** Returns the bytes of a file and drops the reference, so that their memory can be freed before the upload ends. */
  take(index: number): Uint8Array {
    const bytes = this.#bytes[index]!;
    this.#bytes[index] = undefined;
    return bytes;
  }

  /** Records that a file is being sent. */
  sends(index: number): void {
    this.#sent.add(index);
  }

  /** Records the result of a file. */
  answer(index: number, failure: Failure | undefined): void {
    this.#answers.set(index, { path: this.paths[index]!, ...(failure ?? { error: null }) });
  }

  /** Returns one answer per file, in order; `failure` for those that were sent and have no result. */
  answers(failure: RemoteBackendError): FileUploadResponse[] {
    const unsent =
      failure.code === "unknown-outcome"
        ? new RemoteBackendError(
            "timeout",
            "The operation timed out before this file was sent: nothing was changed.",
          )
        : failure;
    return this.paths.map(
      (path, i) => this.#answers.get(i) ?? { path, ...failureOf(this.#sent.has(i) ? failure : unsent) },
    );
  }
}

/**
 * Stores files one part of the batch at a time: encoded content exists beside its bytes for one part only.
 * @param policyOf Files with the policy `grow` are replaced only by bytes that begin with theirs; all others
 *   unconditionally.
 */
export async function uploadFiles(
  op: OperationContext,
  upload: Upload,
  policyOf: (relative: string) => UploadPolicy,
): Promise<FileUploadResponse[]> {
  const id = newWriteId();
  /** Indexes in the batch by key. */
  const indexes = new Map<Key, number[]>();
  const histories = new Set<Key>();
  for (const [i, path] of upload.paths.entries()) {
    const location = placeOf(op, path, upload.bytesOf(i));
    if ("error" in location) {
      upload.answer(i, location);
      continue;
    }
    const same = indexes.get(location.key);
    if (same) same.push(i);
    else indexes.set(location.key, [i]);
    if (policyOf(location.relative) === "grow") histories.add(location.key);
  }
  const note = (key: Key, settled: Settled) => {
    for (const i of indexes.get(key) ?? []) {
      upload.answer(i, uploadFailure(op, upload.paths[i]!, key, settled));
    }
  };
  // Sorted, so that concurrent batches lock files in the same order, and a file always wins against its descendants.
  const batch = [...indexes.keys()].sort(compareCodePoints);
  // The last one of several duplicates wins.
  const last = (key: Key) => indexes.get(key)!.at(-1)!;
  const sizeOf = (key: Key) => upload.bytesOf(last(key))!.byteLength;
  for (const [n, part] of partsOf(batch, sizeOf).entries()) {
    if (n > 0 && op.call.signal.aborted) break;
    const changes: Change[] = [];
    for (const key of part) {
      const path = upload.paths[last(key)]!;
      const bytes = upload.take(last(key));
      // A history is compared with the stored text.
      const content = histories.has(key)
        ? { content: await fromUploadInSlices(path, bytes, op.call) }
        : await storedUpload(op, path, bytes);
      changes.push({ key, id, condition: "overwrite", ...content });
    }
    for (const key of part) for (const i of indexes.get(key)!) upload.sends(i);
    // Histories come last: none of them is an ancestor of another file of the part.
    const grown = changes.filter(({ key }) => histories.has(key));
    const replaced = changes.filter(({ key }) => !histories.has(key));
    const settle = (sent: readonly Change[], settled: readonly Settled[]) =>
      sent.forEach(({ key, content }, i) => {
        const outcome = settled[i]!;
        note(key, outcome);
        if (RemoteBackendError.is(outcome) || !outcome.done) return;
        op.reader?.sees(key, outcome.version);
        op.countBytes(content);
      });
    settle(replaced, await putChanges(op, replaced, note));
    if (grown.length > 0) settle(grown, await growFiles(op, grown, note));
  }
  return upload.answers(new RemoteBackendError("timeout", "The upload timed out."));
}

const NOT_A_PAIR = 'A file of an upload must be a pair [path, Uint8Array], such as ["/a.txt", bytes].';
const NOT_BYTES = "The content must be a Uint8Array; for text use new TextEncoder().encode(text), or write.";

/** Resolves the path of a file of an upload, or returns the reason why it is refused. */
function placeOf(op: OperationContext, path: string, bytes: Uint8Array | undefined): Location | Failure {
  if (path === undefined) return { error: "invalid_path", message: NOT_A_PAIR };
  const location = place(op, path);
  if ("error" in location) return location;
  if (!bytes) return { error: "invalid_path", message: NOT_BYTES };
  if (bytes.byteLength <= op.limits.maxFileBytes) return location;
  return { error: "permission_denied", message: tooLargeSentence(path, bytes.byteLength, op) };
}

function uploadFailure(op: OperationContext, path: string, key: Key, settled: Settled): Failure | undefined {
  if (RemoteBackendError.is(settled)) {
    op.reportFailure(settled);
    return failureOf(settled);
  }
  if (settled.done) return undefined;
  if (settled.why === "conflict") {
    const error = settled.other.startsWith(`${key}/`) ? "is_directory" : "invalid_path";
    return { error, message: pathConflictSentence(op, path, settled.other) };
  }
  const message =
    settled.why === "exists"
      ? `${conversationHistorySentence(path)} Download it and append to that, or upload to another path.`
      : "The file changed while it was being replaced.";
  return { error: "permission_denied", message };
}

export async function downloadFiles(
  op: OperationContext,
  paths: readonly string[],
): Promise<FileDownloadResponse[]> {
  const placed = paths.map((path) => place(op, path));
  const keys = new Set(placed.flatMap((location) => ("error" in location ? [] : [location.key])));
  const fetched = await fetchFiles(op, [...keys], { raw: true });
  const answers: FileDownloadResponse[] = [];
  for (const [i, path] of paths.entries()) {
    const location = placed[i]!;
    answers.push(
      "error" in location
        ? { path, content: null, error: location.error, message: location.message }
        : await download(op, location.key, path, fetched.get(location.key)),
    );
  }
  return answers;
}

async function download(
  op: OperationContext,
  key: Key,
  path: string,
  file: Fetched,
): Promise<FileDownloadResponse> {
  if (file === undefined)
    return { path, content: null, error: "file_not_found", message: "There is no such file." };
  if (RemoteBackendError.is(file)) {
    op.reportFailure(file);
    return { path, content: null, ...failureOf(file) };
  }
  const content = await encodeInSlices(file.content, op.call);
  op.reader?.sees(key, file.version);
  op.countBytes(content);
  return { path, content, error: null };
}
