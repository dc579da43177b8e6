import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { download, upload } from "@deepagents-remote/core/adapter";
import { CommandError, failure } from "../support/exit.js";

/** Maximum number of files that are fetched or stored at once. */
const BATCH_FILES = 100;
/** Maximum bytes that are fetched at once, by the sizes that the backend reports: 16 MB. */
const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Fetches the bytes of a file.
 * @throws CommandError `missing` or `storage`.
 */
export async function fetchFile(backend: BackendProtocolV2, path: string): Promise<Uint8Array> {
  const found = await fetchIfThere(backend, path);
  if (found) return found;
  throw new CommandError("missing", `File '${path}' not found`);
}

/**
 * Fetches the bytes of a file, `undefined` if there is none.
 * @throws CommandError `storage`
 */
export async function fetchIfThere(
  backend: BackendProtocolV2,
  path: string,
): Promise<Uint8Array | undefined> {
  const [answer] = await download(backend, [path]);
  if (answer instanceof Error) throw failure(answer.message);
  return answer === "absent" ? undefined : answer;
}

/**
 * Stores a file, replacing one that exists.
 * @throws CommandError `storage`
 */
export async function storeFile(backend: BackendProtocolV2, path: string, data: Uint8Array): Promise<void> {
  const [error] = await upload(backend, [[path, data]]);
  if (error) throw failure(error.message);
}

/**
 * Deletes a file or directory.
 * @throws CommandError
 */
export async function remove(backend: BackendProtocolV2, path: string): Promise<void> {
  if (!backend.delete) throw new CommandError("storage", "This backend cannot delete.");
  const { error } = await backend.delete(path);
  if (error !== undefined) throw failure(error);
}

/** Splits files into groups of up to 100 files and 16 MB; a larger file is a group of its own. */
export function* batches<T extends { readonly size?: number | undefined }>(
  files: Iterable<T>,
): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const file of files) {
    const size = file.size ?? BATCH_BYTES;
    if (batch.length === BATCH_FILES || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
