import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  compareCodePoints,
  type Entry,
  type Key,
  type ListOptions,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { notS3, UnusableAnswer } from "../connection/translate-error.js";
import { isProbe } from "../setup/probe-key.js";
import { decoderOf } from "./object-keys.js";

/** Options of a listing. `pageSize` is the maximum number of keys per request. */
type Listing = Pick<ListOptions, "signal" | "recursive" | "after"> & { readonly pageSize?: number };

/**
 * Lists keys under a prefix, page by page, with one request per 1,000 keys. A prefix that ends mid-name may not be a
 * valid name for the store (`.` of the glob `.*`): its directory is listed instead.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export async function* listEntries(
  bucket: Bucket,
  prefix: string,
  listing: Listing,
): AsyncGenerator<readonly Entry[]> {
  const directory = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  try {
    yield* listPages(bucket, prefix, listing);
  } catch (error) {
    if (!RemoteBackendError.is(error) || error.code !== "invalid-path" || directory === prefix) throw error;
    for await (const page of listPages(bucket, directory, listing)) {
      const entries = page.filter(({ key }) => key.startsWith(prefix));
      if (entries.length > 0) yield entries;
    }
  }
}

async function* listPages(
  bucket: Bucket,
  prefix: string,
  { signal, recursive, after = "", pageSize }: Listing,
): AsyncGenerator<readonly Entry[]> {
  let token: string | undefined;
  // A store may repeat a directory on the next page, in particular one at the end of a page.
  let seen = new Set([after]);
  do {
    const page = await listPage(bucket, prefix, signal, {
      ...(!recursive && { Delimiter: "/" }),
      ...(pageSize !== undefined && { MaxKeys: pageSize }),
      ...(token === undefined
        ? after !== "" && { StartAfter: bucket.objectKey(after) }
        : { ContinuationToken: token }),
    });
    // Some stores sort by UTF-16 code units.
    const entries = entriesOf(bucket, page)
      .filter(({ key }) => !seen.has(key))
      .sort((a, b) => compareCodePoints(a.key, b.key));
    seen = new Set(entries.flatMap(({ key, directory }) => (directory ? [key] : [])));
    if (entries.length > 0) yield entries;
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** A listed object, as of the time of the listing. */
export interface ListedObject {
  readonly key: Key;
  readonly etag: string | undefined;
  /** Modification time; most stores report whole seconds. */
  readonly modifiedAt: Date | undefined;
}

/**
 * Lists all objects under a prefix, including folder markers and objects that no path can name. Objects of a running
 * probe are skipped, because deleting them would distort its result.
 */
export async function* listObjects(
  bucket: Bucket,
  prefix: string,
  { signal }: Pick<CallOptions, "signal">,
): AsyncGenerator<{ readonly objects: readonly ListedObject[]; readonly isLast: boolean }> {
  let token: string | undefined;
  do {
    const page = await listPage(
      bucket,
      prefix,
      signal,
      token === undefined ? {} : { ContinuationToken: token },
    );
    const decode = decoderOf(page);
    const objects = (page.Contents ?? []).flatMap(({ Key, ETag: etag, LastModified: modifiedAt }) => {
      const objectKey = decode(Key);
      if (objectKey === undefined) return [];
      const key = bucket.keyOf(objectKey);
      return isProbe(key, modifiedAt) ? [] : [{ key, etag, modifiedAt }];
    });
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
    yield { objects, isLast: token === undefined };
  } while (token !== undefined);
}

/** Returns the first file under a prefix, if any, in one request unless folder markers come first. */
export async function firstKey(
  bucket: Bucket,
  prefix: string,
  options: Pick<CallOptions, "signal">,
): Promise<Key | undefined> {
  const pages = listEntries(bucket, prefix, { ...options, recursive: true, pageSize: 10 });
  for await (const [entry] of pages) return entry?.key;
  return undefined;
}

/**
 * Lists the subdirectories directly under a prefix, in one request.
 * @param prefix Empty, or ends in `/`.
 * @returns Their keys, without a final slash; `undefined` if the listing has more than one page.
 */
export async function listSubdirectories(
  bucket: Bucket,
  prefix: string,
  { signal }: Pick<CallOptions, "signal">,
): Promise<ReadonlySet<Key> | undefined> {
  const page = await listPage(bucket, prefix, signal, { Delimiter: "/" });
  return page.IsTruncated ? undefined : subdirectoriesOf(bucket, page);
}

/** Returns the common prefixes of a page of a listing as keys without a final slash. */
export function subdirectoriesOf(
  bucket: Bucket,
  page: Pick<ListObjectsV2CommandOutput, "CommonPrefixes" | "EncodingType">,
): ReadonlySet<Key> {
  const decode = decoderOf(page);
  const keys = (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => {
    const objectKey = decode(Prefix);
    return objectKey === undefined ? [] : [bucket.keyOf(objectKey).slice(0, -1)];
  });
  return new Set(keys);
}

interface ListParameters {
  Delimiter?: string;
  StartAfter?: string;
  ContinuationToken?: string;
  MaxKeys?: number;
}

async function listPage(
  bucket: Bucket,
  prefix: string,
  signal: AbortSignal,
  parameters: ListParameters,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    ...bucket.common,
    Prefix: bucket.prefix + prefix,
    // XML cannot contain control characters.
    EncodingType: "url",
    ...parameters,
  });
  return bucket.read("s3:ListBucket", async (client) =>
    checkPage(await client.send(command, { abortSignal: signal }), parameters.ContinuationToken),
  );
}

/**
 * Validates a page: an error in the body of a 200 would otherwise look like an empty list.
 * @param token Continuation token of this page.
 * @throws UnusableAnswer
 */
export function checkPage(page: ListObjectsV2CommandOutput, token?: string): ListObjectsV2CommandOutput {
  if (page.IsTruncated === undefined && page.Name === undefined && page.KeyCount === undefined) {
    throw notS3();
  }
  // With a missing or repeated token, the listing would never end.
  if (page.IsTruncated && [undefined, token].includes(page.NextContinuationToken)) {
    throw new UnusableAnswer("The store truncated a listing without a usable continuation token.");
  }
  return page;
}

/** Returns the entries of a page without folder markers, including that of the listed directory itself. */
function entriesOf(bucket: Bucket, page: ListObjectsV2CommandOutput): Entry[] {
  const decode = decoderOf(page);
  const keyOf = (encoded: string | undefined) => bucket.keyOf(decode(encoded) ?? "");
  const directories = (page.CommonPrefixes ?? []).flatMap(({ Prefix }): Entry[] => {
    const key = keyOf(Prefix);
    return key ? [{ key, directory: true }] : [];
  });
  const files = (page.Contents ?? []).flatMap(({ Key, ETag, Size, LastModified }): Entry[] => {
    const key = keyOf(Key);
    if (key === "" || key.endsWith("/")) return [];
    return [
      {
        key,
        ...(ETag !== undefined && { version: ETag }),
        ...(Size !== undefined && { storedSize: Size }),
        ...(LastModified && { modifiedAt: LastModified }),
      },
    ];
  });
  return [...directories, ...files];
}
