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

/** Object to delete or, with a version id, one of its versions to delete for good. */
export interface Target {
  readonly key: Key;
  readonly versionId?: string;
}

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
  options: Pick<CallOptions, "signal">,
  etag?: string,
): Promise<"deleted" | "changed" | "absent"> {
  const command = new DeleteObjectCommand({
    ...bucket.object(key),
    ...(etag !== undefined && { IfMatch: etag }),
  });
  const send = async (client: Sender) => {
    await client.send(withoutRetries(command), { abortSignal: options.signal });
    return "deleted" as const;
  };
  try {
    return await bucket.write("s3:DeleteObject", send, etag === undefined ? undefined : refusal);
  } catch (error) {
    const isUnknown = etag !== undefined && RemoteBackendError.is(error) && error.code === "misconfigured";
    if (!isUnknown) throw error;
    return deleteObject(bucket, key, options);
  }
}

/** Maps the SDK errors of a refused conditional delete. */
function refusal(error: unknown): "changed" | "absent" | undefined {
  const { status, code } = failureOf(error);
  if (status === 412) return "changed";
  return status === 404 && code !== "NoSuchBucket" ? "absent" : undefined;
}

/**
 * Deletes one version for good, in one request. Succeeds whether or not it exists.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export async function deleteVersion(
  bucket: Bucket,
  { key, versionId }: Required<Target>,
  { signal }: Pick<CallOptions, "signal">,
): Promise<void> {
  const command = new DeleteObjectCommand({ ...bucket.object(key), VersionId: versionId });
  await bucket.write("s3:DeleteObjectVersion", (client) =>
    client.send(withoutRetries(command), { abortSignal: signal }),
  );
}

/**
 * Deletes up to 1,000 objects or versions in one request. Keys that a batch cannot contain are deleted individually, and
 * so are all targets if the store refuses batches.
 * @returns The targets that could not be deleted.
 * @throws RemoteBackendError if a deletion failed transiently; others may have succeeded.
 */
export async function deleteObjects<T extends Target>(
  bucket: Bucket,
  targets: readonly T[],
  concurrency: number,
  options: Pick<CallOptions, "signal">,
): Promise<readonly T[]> {
  const single = targets.filter(({ key }) => NOT_XML.test(key));
  const batch = targets.filter(({ key }) => !NOT_XML.test(key));
  const refused = batch.length < 2 ? batch : await deleteBatch(bucket, batch, options);
  const tried = await mapConcurrent([...single, ...refused], concurrency, async (target) => {
    try {
      const { key, versionId } = target;
      if (versionId === undefined) await deleteObject(bucket, key, options);
      else await deleteVersion(bucket, { key, versionId }, options);
      return [];
    } catch (error) {
      if (!RemoteBackendError.is(error) || error.isTransient) throw error;
      return [target];
    }
  });
  return tried.flat();
}

/**
 * Sends a batch.
 * @returns The targets that the store did not delete: all of them if it refuses batches.
 */
async function deleteBatch<T extends Target>(
  bucket: Bucket,
  targets: readonly T[],
  { signal }: Pick<CallOptions, "signal">,
): Promise<readonly T[]> {
  const named = targets.map((target) => ({ target, object: identifierOf(bucket, target) }));
  const command = new DeleteObjectsCommand({
    ...bucket.common,
    // Not quiet: in quiet mode an error instead of a result would look like success.
    Delete: { Objects: named.map(({ object }) => object) },
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
    const isPlain = targets[0]?.versionId === undefined;
    const action = isPlain ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
    const { Deleted = [] } = await bucket.write(action, (client) =>
      client.send(withoutRetries(command), { abortSignal: signal }),
    );
    const deleted = new Set(
      Deleted.map(({ Key, VersionId }) => nameOf({ Key, VersionId: isPlain ? undefined : VersionId })),
    );
    return named.flatMap(({ target, object }) => (deleted.has(nameOf(object)) ? [] : [target]));
  } catch (error) {
    if (RemoteBackendError.is(error) && error.code === "misconfigured") return targets;
    throw error;
  }
}

const identifierOf = (bucket: Bucket, { key, versionId }: Target) => ({
  Key: bucket.objectKey(key),
  ...(versionId !== undefined && { VersionId: versionId }),
});

/** Identifies an object or version in the request and the response. */
const nameOf = ({ Key, VersionId }: { Key?: string | undefined; VersionId?: string | undefined }): string =>
  JSON.stringify([Key, VersionId]);
