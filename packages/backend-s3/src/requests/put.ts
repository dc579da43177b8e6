import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, isKnown, notS3 } from "../connection/translate-error.js";
import type { EncodedObject } from "../objects/encode.js";
import { hashesOf, WITH_BODY, withBody } from "./with-body.js";
import { withoutRetries } from "./without-retries.js";

/** Condition of a PUT. The store checks `create` and ETags atomically with the write. */
export type Precondition = "create" | "overwrite" | { readonly etag: string };

/** Parameters of every PUT that come from the options. */
export type PutSettings = Pick<
  PutObjectCommandInput,
  "ACL" | "ServerSideEncryption" | "SSEKMSKeyId" | "StorageClass" | "Tagging"
>;

/**
 * Returns the condition's header.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const header = (condition: Precondition) => {
  if (condition === "overwrite") return {};
  return condition === "create" ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
};

/** Error codes of VersityGW and MinIO for a file that would also be a directory. */
const PATH_CONFLICTS = ["ObjectParentIsFile", "ExistingObjectIsDirectory", "XMinioObjectExistsAsDirectory"];

/** Maps the SDK errors of a refused PUT. */
const expected = (condition: Precondition) => (error: unknown) => {
  const { status, code } = failureOf(error);
  if (PATH_CONFLICTS.includes(code)) return "conflict" as const;
  if (status === 412) return "refused" as const;
  // A concurrent conditional PUT of the same key: a conflict that the caller resolves and retries, not a failure.
  if (status === 409 && condition !== "overwrite" && !isKnown(code)) return "refused" as const;
  // With If-Match, a 404 means that the object was deleted.
  return status === 404 && code !== "NoSuchBucket" && typeof condition === "object"
    ? ("absent" as const)
    : undefined;
};

/** An object that was stored. */
export interface StoredObject {
  readonly etag: string;
  /** Absent if the bucket keeps no versions. */
  readonly versionId?: string;
}

/**
 * Stores one object, in one request.
 * @returns Its ETag, and its version id in a bucket with versioning; `refused` if the condition did not hold, `absent`
 *   if there was no object to replace, `conflict` if the file would also be a directory.
 * @throws RemoteBackendError `unknown-outcome` if the response was lost.
 */
export async function putObject(
  bucket: Bucket,
  key: Key,
  object: EncodedObject,
  condition: Precondition,
  settings: PutSettings,
  { signal }: Pick<CallOptions, "signal">,
): Promise<StoredObject | "refused" | "absent" | "conflict"> {
  const hashes = await hashesOf(object.Body);
  const input = {
    ...bucket.object(key),
    ...object,
    ...hashes.integrity,
    ...settings,
    ...header(condition),
  };
  const send = () =>
    bucket.write(
      "s3:PutObject",
      async (client) => {
        const command = withoutRetries(new PutObjectCommand(input));
        command.middlewareStack.add(withBody(hashes.sha256), WITH_BODY);
        const { ETag: etag, VersionId } = await client.send(command, { abortSignal: signal });
        // The body of the 200 contains an error, or the server is not S3.
        if (etag === undefined) throw notS3();
        const versionId = VersionId === "null" ? undefined : VersionId;
        return { etag, ...(versionId !== undefined && { versionId }) };
      },
      expected(condition),
    );
  return send().catch((error) => {
    // Some stores respond like this, once, while the directory is being emptied concurrently.
    if (RemoteBackendError.is(error) && error.code === "permission-denied") return send();
    throw error;
  });
}
