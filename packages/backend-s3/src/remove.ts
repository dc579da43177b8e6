import { type Call, type Key, MAX_WRITE_IDS, RemoteBackendError } from "@deepagents-remote/core";
import type { Bucket } from "./bucket.js";
import { deleteObject, deleteObjects } from "./requests/delete.js";
import { type Head, headFile } from "./requests/head.js";
import { listKeys } from "./requests/list.js";

type RemoveCall = Pick<Call, "signal"> & {
  what: "file" | "below" | "both";
  hides: boolean;
  concurrency: number;
};

/** What the attempts of one removal know of each other. */
export interface Removal {
  readonly key: Key;
  /** The file as it was first seen. */
  seen?: Head;
  mayHaveRemoved?: boolean;
}

/**
 * Removes a file, what is below it as a directory, or both. The file is looked for, because a deletion does not say
 * whether there was anything to delete.
 * @param removal The same object at each attempt.
 * @param call `hides`: whether the store shows what is below a file only when the file is gone.
 * @throws RemoteBackendError `unknown-outcome` also when something was removed before the failure: another attempt
 *   may find nothing any more.
 */
export async function removeFiles(
  bucket: Bucket,
  removal: Removal,
  call: RemoveCall,
): Promise<{ removed: number; left: readonly Key[] }> {
  try {
    return await removeAll(bucket, removal, call);
  } catch (error) {
    if (!RemoteBackendError.is(error) || error.code !== "unavailable" || !removal.mayHaveRemoved) throw error;
    throw new RemoteBackendError("unknown-outcome", error.message, { cause: error.cause });
  }
}

/** Whether a file was created after another had gone: one that is edited or replaced keeps the ids. */
const isAnother = (file: Head, seen: Head): boolean =>
  seen.writeIds[0] !== undefined &&
  file.writeIds.length > 0 &&
  file.writeIds.length < MAX_WRITE_IDS &&
  !file.writeIds.includes(seen.writeIds[0]);

async function removeAll(bucket: Bucket, removal: Removal, call: RemoveCall) {
  const { key } = removal;
  const pages = () => listKeys(bucket, key === "" ? "" : `${key}/`, call);
  let listing = pages();
  let [head, page] = await Promise.all([
    call.what === "below" ? undefined : headFile(bucket, key, call),
    call.what === "file" ? undefined : listing.next(),
  ]);
  let removed = 0;
  if (removal.seen && head && isAnother(head, removal.seen)) {
    // An attempt before has removed the file; this one is somebody else's.
    removed = 1;
    head = undefined;
  }
  if (head) {
    removal.seen ??= head;
    await deleteObject(bucket, key, call);
    removed = 1;
    removal.mayHaveRemoved = true;
  }
  let left: Key[] = [];
  while (page) {
    const before = removed;
    left = [];
    for (; !page.done; page = await listing.next()) {
      removal.mayHaveRemoved = true;
      const failed = await deleteObjects(bucket, page.value, call.concurrency, call);
      removed += page.value.length - failed.length;
      left.push(...failed);
    }
    // What lay hidden behind the files that are gone shows now.
    const mayShowMore = call.hides && (head !== undefined || removed > before);
    head = undefined;
    listing = pages();
    page = mayShowMore ? await listing.next() : undefined;
  }
  return { removed, left };
}
