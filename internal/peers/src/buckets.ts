import { createHash, randomBytes } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Address } from "@deepagents-internal/servers";

/** Creates a client of the tests' S3 service. */
export function createClient(): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Address();
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
}

const run = randomBytes(8).toString("hex");

/** Returns a bucket name for any text that is unique to this run. Bucket names may not contain `_` or `%`. */
export const bucketName = (text: string): string =>
  `peers-${createHash("sha256").update(`${run} ${text}`).digest("hex").slice(0, 32)}`;

/** Creates a bucket. */
export async function createBucket(client: S3Client, Bucket: string): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket }));
}
