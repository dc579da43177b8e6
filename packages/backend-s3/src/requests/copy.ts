import { CopyObjectCommand } from "@aws-sdk/client-s3";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, notS3 } from "../connection/translate-error.js";
import type { CopiedHeaders } from "../objects/headers.js";
import type { PutSettings } from "./put.js";
import { withoutRetries } from "./without-retries.js";

/**
 * Copies an object onto itself with other headers and metadata, in one request. The body is not transferred.
 *
 * Both conditions are sent: AWS checks `If-Match` atomically with the write. MinIO ignores it and checks the source
 * before; it then refers to the body that is stored when it writes, so that no concurrent write is undone.
 * @returns The new ETag; `changed` or `absent` if the object is no longer the one with the given ETag.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export async function replaceHeaders(
  bucket: Bucket,
  key: Key,
  etag: string,
  headers: CopiedHeaders,
  settings: PutSettings,
  { signal }: Pick<CallOptions, "signal">,
): Promise<{ readonly etag: string } | "changed" | "absent"> {
  const command = new CopyObjectCommand({
    ...bucket.object(key),
    CopySource: sourceOf(bucket, key),
    CopySourceIfMatch: etag,
    IfMatch: etag,
    MetadataDirective: "REPLACE",
    ...headers,
    // As for a PUT: tags are those of the options, and copying others would need further rights.
    TaggingDirective: "REPLACE",
    ...settings,
  });
  return bucket.write(
    "s3:PutObject",
    async (client) => {
      const { CopyObjectResult } = await client.send(withoutRetries(command), { abortSignal: signal });
      if (CopyObjectResult?.ETag === undefined) throw notS3();
      return { etag: CopyObjectResult.ETag };
    },
    refusal,
  );
}

function refusal(error: unknown): "changed" | "absent" | undefined {
  const { status, code } = failureOf(error);
  if (status === 412 || status === 409) return "changed";
  return status === 404 && code !== "NoSuchBucket" ? "absent" : undefined;
}

/** Name of a source: the bucket and the encoded key or, under an access point, its ARN and the key. */
function sourceOf(bucket: Bucket, key: Key): string {
  const name = bucket.name.startsWith("arn:") ? `${bucket.name}/object` : bucket.name;
  return `${name}/${bucket.objectKey(key).split("/").map(encodeURIComponent).join("/")}`;
}
