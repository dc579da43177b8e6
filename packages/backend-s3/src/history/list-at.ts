import { compareCodePoints, type Entry, type Key, type ListOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { listFileVersions } from "./file-versions.js";
import { isWithin, type Point } from "./snapshot.js";

/** Lists files as they were. S3 cannot, so that all versions under the prefix are listed. @see FileHistory.listAt */
export async function* listEntriesAt(
  bucket: Bucket,
  prefix: string,
  point: Point,
  { signal, recursive, after = "" }: ListOptions,
): AsyncGenerator<readonly Entry[]> {
  let last = after;
  for await (const files of listFileVersions(bucket, prefix, { signal, ...(after !== "" && { after }) })) {
    const entries: Entry[] = [];
    for (const { key, versions } of files) {
      const version = versions.find(isWithin(point, key));
      if (version === undefined || version.isMarker) continue;
      const slash = recursive ? -1 : key.indexOf("/", prefix.length);
      const entry =
        slash === -1 ? fileEntry(key, version) : { key: key.slice(0, slash + 1), directory: true as const };
      if (compareCodePoints(entry.key, last) <= 0) continue;
      last = entry.key;
      entries.push(entry);
    }
    if (entries.length > 0) yield entries;
  }
}

const fileEntry = (
  key: Key,
  { etag, size, at }: { readonly etag?: string; readonly size?: number; readonly at: Date },
): Entry => ({
  key,
  ...(etag !== undefined && { version: etag }),
  ...(size !== undefined && { storedSize: size }),
  modifiedAt: at,
});

/** Lists the keys of files that changed after a point. @see FileHistory.changedSince */
export async function* listChangedSince(
  bucket: Bucket,
  prefix: string,
  point: Point,
  options: Pick<ListOptions, "signal">,
): AsyncGenerator<readonly Key[]> {
  for await (const files of listFileVersions(bucket, prefix, options)) {
    const changed = files.filter(({ key, versions }) => !isWithin(point, key)(versions[0]!));
    if (changed.length > 0) yield changed.map(({ key }) => key);
  }
}
