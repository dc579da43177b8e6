import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { listObjects } from "@deepagents-internal/testing/s3-bucket";
import type { TestBucket } from "./bucket.js";

/** An object as it lies in the bucket. */
export interface RawObject {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Objects of a bucket, made and looked at behind the backend's back. */
export function objectsOf({ name: Bucket, client }: Pick<TestBucket, "name" | "client">) {
  /** At most 1,000. */
  const list = async (prefix: string): Promise<{ key: string; etag: string }[]> => {
    const listed = await listObjects(client, { Bucket, Prefix: prefix });
    return listed.map(({ Key: key, ETag: etag }) => ({ key, etag }));
  };
  return {
    list,
    async put(
      key: string,
      body: string | Uint8Array,
      more: Partial<PutObjectCommandInput> = {},
    ): Promise<void> {
      await client.send(
        new PutObjectCommand({ Bucket, Key: key, Body: Buffer.from(body as string), ...more }),
      );
    },
    async get(key: string): Promise<RawObject> {
      const {
        Body,
        ContentType,
        Metadata = {},
      } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
      return {
        body: Buffer.from(await Body!.transformToByteArray()),
        contentType: ContentType,
        metadata: Metadata,
      };
    },
    keys: async (prefix: string): Promise<string[]> => (await list(prefix)).map(({ key }) => key),
  };
}
