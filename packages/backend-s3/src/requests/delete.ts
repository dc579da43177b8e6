import { createHash } from "node:crypto";
import { DeleteObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Sender } from "../connection/attempt.js";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { failureOf } from "../connection/translate-error.js";
import { WITH_BODY, withBody } from "./with-body.js";
import { withoutRetries } from "./without-retries.js";

/** Characters that XML 1.0 cannot contain, not even escaped. */
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Deletes one object, in one request. Succeeds whether or not the object exists.
 * @param etag Deletes only this version, if the store supports conditional deletes. Other stores delete any version.
 * @returns With conditional deletes, `changed` if there is another version, and `absent` if there is no object.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export async function deleteObject(
  bucket: Bucket,
  key: Key,
  call: Pick<CallOptions, "signal">,
  etag?: string,
): Promise<"deleted" | "changed" | "absent"> {
  const command = new DeleteObjectCommand({
    ...bucket.object(key),
    ...(etag !== undefined && { IfMatch: etag }),
  });
  const send = async (client: Sender) => {
    await client.send(withoutRetries(command), { abortSignal: call.signal });
    return "deleted" as const;
  };
  try {
    return await bucket.write("s3:DeleteObject", send, etag === undefined ? undefined : refusal);
  } catch (error) {
    const isUnknown = etag !== undefined && RemoteBackendError.is(error) && error.code === "misconfigured";
    if (!isUnknown) throw error;
    return deleteObject(bucket, key, call);
  }
}

/** Maps the SDK errors of a refused conditional delete. */
function refusal(error: unknown): "changed" | "absent" | undefined {
  const { status, code } = failureOf(error);
  if (status === 412) return "changed";
  return status === 404 && code !== "NoSuchBucket" ? "absent" : undefined;
}

/**
 * Deletes up to 1,000 objects in one request. Keys that a batch cannot contain are deleted individually, and so are all
 * keys if the store refuses batches.
 * @returns The keys that could not be deleted.
 * @throws RemoteBackendError if a deletion failed transiently; others may have succeeded.
 */
export async function deleteObjects(
  bucket: Bucket,
  keys: readonly Key[],
  concurrency: number,
  call: Pick<CallOptions, "signal">,
): Promise<readonly Key[]> {
  const single = keys.filter((key) => NOT_XML.test(key));
  const batch = keys.filter((key) => !NOT_XML.test(key));
  const left = batch.length < 2 ? batch : await deleteBatch(bucket, batch, call);
  const tried = await mapConcurrent([...single, ...left], concurrency, async (key) => {
    try {
      await deleteObject(bucket, key, call);
      return [];
    } catch (error) {
      if (!RemoteBackendError.is(error) || error.isTransient) throw error;
      return [key];
    }
  });
  return tried.flat();
}

/**
 * Sends a batch.
 * @returns The keys that the store did not delete: all of them if it refuses batches.
 */
async function deleteBatch(bucket: Bucket, keys: readonly Key[], { signal }: Pick<CallOptions, "signal">) {
  const command = new DeleteObjectsCommand({
    ...bucket.common,
    // Not quiet: in quiet mode an error instead of a result would look like success.
    Delete: { Objects: keys.map((key) => ({ Key: bucket.prefix + key })) },
  });
  command.middlewareStack.add(withBody(), WITH_BODY);
  command.middlewareStack.add(
    (next) => (args) => {
      // Some stores do not support the SDK's checksum and require Content-MD5 instead.
      const request = args.request as { headers: Record<string, string>; body: string | Uint8Array };
      request.headers["content-md5"] = createHash("md5").update(request.body).digest("base64");
      return next(args);
    },
    { step: "build", name: "contentMd5" },
  );
  try {
    const { Deleted = [] } = await bucket.write("s3:DeleteObject", (client) =>
      client.send(withoutRetries(command), { abortSignal: signal }),
    );
    const deleted = new Set(Deleted.map(({ Key }) => Key));
    return keys.filter((key) => !deleted.has(bucket.prefix + key));
  } catch (error) {
    if (RemoteBackendError.is(error) && error.code === "misconfigured") return keys;
    throw error;
  }
}
