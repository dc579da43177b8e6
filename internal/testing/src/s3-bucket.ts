import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

/**
 * Maximum attempts to empty a bucket before its deletion fails. Each attempt only finds objects that arrived since the
 * previous one.
 */
const MAX_ATTEMPTS = 20;

/**
 * Deletes a bucket with all its objects, if it exists. An aborted request of a client may still arrive; the next
 * attempt deletes what it stored after the bucket was emptied.
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

/** Deletes every object. Repeats the listing until it is empty, because an object may hide others below its name. */
async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const objects = await listObjects(client, { Bucket });
    if (objects.length === 0) break;
    await Promise.all(objects.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
  }
  for (;;) {
    const versions = await listVersions(client, Bucket);
    if (versions.length === 0) return;
    await Promise.all(
      versions.map((version) => client.send(new DeleteObjectCommand({ Bucket, ...version }))),
    );
  }
}

/** Lists up to 1,000 versions and delete markers of a bucket; none of one that never had versioning. */
export async function listVersions(
  client: S3Client,
  Bucket: string,
): Promise<{ readonly Key: string; readonly VersionId: string }[]> {
  const {
    Versions = [],
    DeleteMarkers = [],
    EncodingType,
  } = await client.send(new ListObjectVersionsCommand({ Bucket, EncodingType: "url" }));
  const decode = decoder(EncodingType);
  return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
    Key: decode(Key!),
    VersionId: VersionId!,
  }));
}

/** Returns the decoder for names in a response. */
const decoder = (encoding: string | undefined) => (name: string) =>
  encoding === "url" ? decodeURIComponent(name.replaceAll("+", " ")) : name;

/** Lists up to 1,000 objects. Decodes names if the store reports that it encoded them. */
export async function listObjects(
  client: S3Client,
  input: ListObjectsV2CommandInput,
): Promise<{ readonly Key: string; readonly ETag: string }[]> {
  const { Contents = [], EncodingType } = await client.send(
    new ListObjectsV2Command({ ...input, EncodingType: "url" }),
  );
  const decode = decoder(EncodingType);
  return Contents.map(({ Key, ETag }) => ({ Key: decode(Key!), ETag: ETag! }));
}
