import { RemoteBackendError } from "@deepagents-remote/core";
import type { Author, CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { extendMetadata } from "../objects/metadata.js";
import { decodeProvenance, encodeDeleter } from "../objects/provenance.js";
import { replaceHeaders } from "../requests/copy.js";
import { type Head, headFile } from "../requests/head.js";
import type { PutSettings } from "../requests/put.js";

/**
 * Records the author of a deletion that follows, since delete markers carry no metadata: makes a copy of the file's
 * current version with the author in its metadata. The copy has the same content, so it makes no entry of its own, and
 * changes nothing if the deletion never comes.
 * @param head The file, as it was just looked up.
 * @returns The ETag to delete; `absent` if there is no file, `changed` if it was written concurrently.
 * @throws RemoteBackendError `unavailable` also for a lost response, because the content is unchanged either way.
 */
export async function markDeletion(
  bucket: Bucket,
  key: Key,
  head: Head,
  by: Author,
  settings: PutSettings,
  options: Pick<CallOptions, "signal">,
): Promise<string | "changed" | "absent"> {
  const { Metadata = {}, ...headers } = head.copied;
  const added = encodeDeleter(by);
  const { deletedBy } = decodeProvenance(Metadata);
  // An earlier attempt made the copy.
  if (deletedBy && encodeDeleter(deletedBy)["deepagents-deleted-by"] === added["deepagents-deleted-by"]) {
    return head.etag;
  }
  const extended = extendMetadata(Metadata, added);
  // Foreign metadata leaves no room: the file must be deletable nevertheless.
  if (!extended) return head.etag;
  const copy = { ...headers, Metadata: extended };
  const copied = await replaceHeaders(bucket, key, head.etag, copy, settings, options).catch((error) => {
    if (!RemoteBackendError.is(error) || error.code !== "unknown-outcome") throw error;
    const { message, cause, isTransient, isThrottled, retryAfterMs } = error;
    throw new RemoteBackendError("unavailable", message, { cause, isTransient, isThrottled, retryAfterMs });
  });
  return typeof copied === "string" ? copied : copied.etag;
}

/** Maximum attempts to mark a file that is being written concurrently; the deletion then has no author. */
const MAX_ATTEMPTS = 3;

/** Looks up a file and marks its deletion. Returns the ETag to delete, if it is known. */
export async function markDeletionOf(
  bucket: Bucket,
  key: Key,
  by: Author,
  settings: PutSettings,
  options: Pick<CallOptions, "signal">,
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const head = await headFile(bucket, key, options);
    if (!head) return undefined;
    const marked = await markDeletion(bucket, key, head, by, settings, options);
    if (marked === "absent") return undefined;
    if (marked !== "changed") return marked;
  }
  return undefined;
}
