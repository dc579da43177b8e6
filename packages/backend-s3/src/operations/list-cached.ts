import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  compareCodePoints,
  directoriesOf,
  type Key,
  type Version,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { listEntries } from "../requests/list.js";

/**
 * Number of files for which a LIST is cheaper than a conditional GET of each: the ratio of their prices.
 * @see https://aws.amazon.com/s3/pricing/
 */
const GETS_PER_LIST = 13;

/**
 * Looks up the versions of cached files by a listing, as long as each of its pages spares enough requests. Files that it
 * does not return have to be looked up individually.
 * @param keys Keys of cached files, in any order.
 */
export async function listCached(
  bucket: Bucket,
  keys: readonly Key[],
  { signal }: Pick<CallOptions, "signal">,
): Promise<ReadonlyMap<Key, Version>> {
  const versions = new Map<Key, Version>();
  if (keys.length < GETS_PER_LIST) return versions;
  const [first, ...others] = keys.toSorted(compareCodePoints);
  const last = others.at(-1)!;
  const directory = directoriesOf(first!).findLast((each) => last.startsWith(`${each}/`));
  const prefix = directory === undefined ? "" : `${directory}/`;
  // The listing begins at the first file.
  const after = first!.replace(/.$/su, "");
  const wanted = new Set(keys);
  try {
    for await (const page of listEntries(bucket, prefix, { signal, recursive: true, after })) {
      const found = page.filter(({ key }) => wanted.has(key));
      for (const { key, version } of found) if (version !== undefined) versions.set(key, version);
      const isOver = compareCodePoints(page.at(-1)!.key, last) >= 0;
      if (isOver || found.length < GETS_PER_LIST) break;
    }
  } catch (error) {
    // The GETs will tell.
    if (!RemoteBackendError.is(error)) throw error;
  }
  return versions;
}
