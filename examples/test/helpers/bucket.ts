import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { s3Address } from "@deepagents-internal/servers";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import type { S3BackendOptions } from "@deepagents-remote/backend-s3";
import { afterAll } from "@jest/globals";

/** Creates a bucket for a test file, and deletes it with its objects at the end of the file. */
export function useBucket() {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Address();
  const bucket = `examples-${randomBytes(8).toString("hex")}`;
  const options: S3BackendOptions = {
    bucket,
    createBucket: true,
    endpointUrl: endpoint,
    region,
    accessKeyId,
    secretAccessKey,
  };
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  afterAll(async () => {
    await deleteBucket(client, bucket);
    client.destroy();
  });
  /** Environment variables that point the examples to the bucket. */
  const env = {
    S3_BUCKET: bucket,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return { options, client, env };
}
