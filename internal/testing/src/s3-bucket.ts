import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";

/** How often a bucket is emptied before its deletion fails. Each time it holds only what arrived since the last time. */
const MAX_ATTEMPTS = 20;

/**
 * Deletes a bucket with everything in it, if there is one. A request that a client gave up may still arrive: what it stores after the bucket
 * was emptied goes with the next attempt.
 */
export async function deleteBucket(client: S3Client, Bucket: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await emptyBucket(client, Bucket);
      await client.send(new DeleteBucketCommand({ Bucket }));
      return;
    } catch (error) {
      const { name } = error as Error;
      if (name === "NoSuchBucket") return;
      if (name !== "BucketNotEmpty" || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Deletes every object. A listing does not show what an object hides below its name, so it is asked until it is empty. */
async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const objects = await listObjects(client, { Bucket });
    if (objects.length === 0) return;
    await Promise.all(objects.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
  }
}

/** Lists up to 1,000 objects. Names that XML cannot hold are listed encoded, by stores that say so. */
export async function listObjects(
  client: S3Client,
  input: ListObjectsV2CommandInput,
): Promise<{ readonly Key: string; readonly ETag: string }[]> {
  const { Contents = [], EncodingType } = await client.send(
    new ListObjectsV2Command({ ...input, EncodingType: "url" }),
  );
  const decode = (key: string) =>
    EncodingType === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key;
  return Contents.map(({ Key, ETag }) => ({ Key: decode(Key!), ETag: ETag! }));
}
