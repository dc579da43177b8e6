import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, isKnown, notS3 } from "../connection/translate-error.js";
import type { EncodedObject } from "../objects/encode.js";
import { hashesOf, WITH_BODY, withBody } from "./with-body.js";
import { withoutRetries } from "./without-retries.js";

/** Condition of a PUT; `create` and an ETag are checked by the store in the same step. */
export type Precondition = "create" | "overwrite" | { readonly etag: string };

/** What a store keeps of every object beside the file; from the options. */
export type PutSettings = Pick<
  PutObjectCommandInput,
  "ACL" | "ServerSideEncryption" | "SSEKMSKeyId" | "StorageClass" | "Tagging"
>;

/**
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const header = (condition: Precondition) => {
  if (condition === "overwrite") return {};
  return condition === "create" ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
};

/** Codes of VersityGW and MinIO for a file that would also be a directory. */
const PATH_CONFLICTS = ["ObjectParentIsFile", "ExistingObjectIsDirectory", "XMinioObjectExistsAsDirectory"];

/** Answers of a conditional PUT that are errors for the SDK. */
const expected = (condition: Precondition) => (error: unknown) => {
  const { status, code } = failureOf(error);
  if (PATH_CONFLICTS.includes(code)) return "conflict" as const;
  if (status === 412) return "refused" as const;
  // Another conditional PUT of the key overlaps: a lost race too, which the caller looks at and repeats. Not a failure.
  if (status === 409 && condition !== "overwrite" && !isKnown(code)) return "refused" as const;
  // With If-Match: the object is gone.
  return status === 404 && code !== "NoSuchBucket" && typeof condition === "object"
    ? ("absent" as const)
    : undefined;
};

/**
 * Stores one object: one request.
 * @returns Its ETag; `refused` when the condition did not hold, `absent` when there was nothing to replace,
 *   `conflict` when the file would also be a directory.
 * @throws RemoteBackendError `unknown-outcome` when the answer was lost.
 */
export async function putObject(
  bucket: Bucket,
  key: Key,
  object: EncodedObject,
  condition: Precondition,
  settings: PutSettings,
  { signal }: Pick<CallOptions, "signal">,
): Promise<{ readonly etag: string } | "refused" | "absent" | "conflict"> {
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
        const { ETag: etag } = await client.send(command, { abortSignal: signal });
        // An error in the body of a 200, or something that is not S3.
        if (etag === undefined) throw notS3();
        return { etag };
      },
      expected(condition),
    );
  return send().catch((error) => {
    // Some stores answer so, once, while others empty the directory.
    if (RemoteBackendError.is(error) && error.code === "permission-denied") return send();
    throw error;
  });
}
