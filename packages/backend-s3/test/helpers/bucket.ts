import { randomBytes } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { type S3Address, s3Address } from "@deepagents-internal/servers";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import { afterAll, beforeAll } from "@jest/globals";
import { S3Backend, type S3BackendOptions } from "../../src/index.js";
import { isVersityGw } from "./on-minio.js";

/** A bucket of a test file's own. */
export interface TestBucket {
  readonly name: string;
  /** Address of the server, and credentials for it. */
  readonly connection: { endpointUrl: string; accessKeyId: string; secretAccessKey: string; region: string };
  /** A client to look behind the backend's back. */
  readonly client: S3Client;
  /** A backend with its own client, closed at the end of the file. */
  backend(options?: Partial<S3BackendOptions>): S3Backend;
  /** Ends something that sends requests, before the bucket goes. */
  endsWith(end: () => Promise<void>): void;
}

/**
 * @param address Of the store. Default: the one that `TEST_S3_URL` names.
 * @param options `cleanup`: whether the bucket is deleted in the end. Default: true, but on VersityGW.
 */
export function useBucket(address: S3Address = s3Address(), { cleanup = !isVersityGw } = {}): TestBucket {
  const { endpoint, region, accessKeyId, secretAccessKey } = address;
  const connection = { endpointUrl: endpoint, accessKeyId, secretAccessKey, region };
  const name = `test-${randomBytes(8).toString("hex")}`;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  });
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()));
    if (cleanup) await deleteBucket(client, name);
    client.destroy();
  });
  return {
    name,
    connection,
    client,
    backend(options = {}) {
      const backend = new S3Backend({ bucket: name, ...(options.client ? {} : connection), ...options });
      ends.push(() => backend.close());
      return backend;
    },
    endsWith: (end) => ends.push(end),
  };
}
