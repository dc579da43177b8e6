import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { notS3, UnusableAnswer } from "../connection/translate-error.js";
import { subdirectoriesOf } from "./list.js";
import { decoderOf } from "./object-keys.js";

/** One version of an object, or a delete marker. */
export interface ObjectVersion {
  readonly key: Key;
  /** `null`, as a string, for versions from before versioning or while it was suspended. */
  readonly versionId: string;
  readonly isMarker: boolean;
  readonly isLatest: boolean;
  /** Time at which it was stored; AWS reports whole seconds. */
  readonly at: Date;
  /** Absent for a delete marker. */
  readonly etag?: string;
  /** Stored bytes; absent for a delete marker. */
  readonly size?: number;
}

/** Options of a listing of versions. */
export type VersionListing = Pick<CallOptions, "signal"> & {
  /** Lists keys behind this one only. */
  readonly after?: Key | undefined;
  /** Maximum number of versions in the first page. */
  readonly firstPage?: number | undefined;
};

/**
 * Lists versions and delete markers of all keys under a prefix, page by page: keys in code-point order, and versions of
 * a key newest first. S3 promises the order in which they were stored, also for versions of the same second.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export async function* listVersions(
  bucket: Bucket,
  prefix: string,
  { signal, after, firstPage }: VersionListing,
): AsyncGenerator<readonly ObjectVersion[]> {
  let marker: Marker = after === undefined ? {} : { KeyMarker: bucket.objectKey(after) };
  let MaxKeys = firstPage;
  for (;;) {
    const command = new ListObjectVersionsCommand({
      ...bucket.common,
      Prefix: bucket.prefix + prefix,
      EncodingType: "url",
      ...(MaxKeys !== undefined && { MaxKeys }),
      ...marker,
    });
    const order = recordOrder(command);
    const page = await bucket.read("s3:ListBucketVersions", async (client) => {
      const answer = await client.send(command, { abortSignal: signal });
      if (answer.IsTruncated === undefined && answer.Name === undefined) throw notS3();
      return { next: nextMarker(answer, marker), versions: inOrder(bucket, answer, order()) };
    });
    if (page.versions.length > 0) yield page.versions;
    if (page.next === undefined) return;
    marker = page.next;
    MaxKeys = undefined;
  }
}

/**
 * Lists the subdirectories directly under a prefix in which any version is kept, in one request.
 * @param prefix Empty, or ends in `/`.
 * @returns Their keys, without a final slash; `undefined` if the listing has more than one page.
 */
export async function listSubdirectoriesOfVersions(
  bucket: Bucket,
  prefix: string,
  { signal }: Pick<CallOptions, "signal">,
): Promise<ReadonlySet<Key> | undefined> {
  const command = new ListObjectVersionsCommand({
    ...bucket.common,
    Prefix: bucket.prefix + prefix,
    Delimiter: "/",
    EncodingType: "url",
  });
  return bucket.read("s3:ListBucketVersions", async (client) => {
    const page = await client.send(command, { abortSignal: signal });
    if (page.IsTruncated === undefined && page.Name === undefined) throw notS3();
    return page.IsTruncated ? undefined : subdirectoriesOf(bucket, page);
  });
}

type Marker = { readonly KeyMarker?: string; readonly VersionIdMarker?: string };

/**
 * Returns the position of the next page.
 * @throws UnusableAnswer for a missing or repeated position, with which the listing would never end.
 */
function nextMarker(page: ListObjectVersionsCommandOutput, last: Marker): Marker | undefined {
  if (!page.IsTruncated) return undefined;
  const KeyMarker = decoderOf(page)(page.NextKeyMarker);
  const VersionIdMarker = page.NextVersionIdMarker || undefined;
  if (!KeyMarker || (KeyMarker === last.KeyMarker && VersionIdMarker === last.VersionIdMarker)) {
    throw new UnusableAnswer("The store truncated a listing of versions without a usable marker.");
  }
  return { KeyMarker, ...(VersionIdMarker !== undefined && { VersionIdMarker }) };
}

/** Merges versions and delete markers, which the SDK separates. Their times cannot order them: they may be equal. */
function inOrder(
  bucket: Bucket,
  page: ListObjectVersionsCommandOutput,
  order: readonly string[],
): readonly ObjectVersion[] {
  const decode = decoderOf(page);
  const versions = (page.Versions ?? []).values();
  const markers = (page.DeleteMarkers ?? []).values();
  const merged = order.map((element) => {
    const isMarker = element === "DeleteMarker";
    const item = (isMarker ? markers : versions).next().value;
    if (item?.VersionId === undefined || item.LastModified === undefined) throw notS3();
    const { ETag, Size } = item as { ETag?: string; Size?: number };
    return {
      objectKey: decode(item.Key),
      versionId: item.VersionId,
      isMarker,
      isLatest: item.IsLatest ?? false,
      at: item.LastModified,
      ...(!isMarker && ETag !== undefined && { etag: ETag }),
      ...(!isMarker && Size !== undefined && { size: Size }),
    };
  });
  if (!versions.next().done || !markers.next().done) throw notS3();
  return merged.flatMap(({ objectKey, ...version }) =>
    objectKey === undefined ? [] : [{ key: bucket.keyOf(objectKey), ...version }],
  );
}

/** Records the order of the elements in the response to a listing, which its parsed form does not contain. */
function recordOrder(command: ListObjectVersionsCommand): () => readonly string[] {
  let order: readonly string[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: AsyncIterable<Uint8Array> | Uint8Array };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      response.body = body;
      order = Array.from(body.toString().matchAll(/<(Version|DeleteMarker)>/g), ([, element]) => element!);
      return result;
    },
    { step: "deserialize", priority: "low", name: "order" },
  );
  return () => order;
}
