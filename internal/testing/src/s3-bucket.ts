import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
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
    // Names that XML cannot hold are listed encoded.
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    if (Contents.length === 0) return;
    const keys = Contents.map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", " ")));
    await Promise.all(keys.map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
  }
}
