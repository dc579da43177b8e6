import { RemoteBackendError } from "@deepagents-remote/core";
import type { EraseVersionsOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { deleteObjects } from "../requests/delete.js";
import type { ObjectVersion } from "../requests/list-versions.js";
import { isProbe } from "../setup/probe-key.js";
import { isSame } from "./entry.js";
import { type FileVersions, listObjectVersions, VersionsOfFile } from "./file-versions.js";
import type { Provenances } from "./provenances.js";

/** Settings of an erasure. */
export interface EraseSettings {
  readonly concurrency: number;
  readonly provenances: Provenances;
}

/** Maximum number of versions in one request. */
const BATCH = 1_000;

/** Versions of one file to erase: `first` must be gone before `last` is. */
interface Selected {
  readonly first: readonly ObjectVersion[];
  readonly last: readonly ObjectVersion[];
}

/**
 * Erases the versions of deleted files for good. A delete marker goes last: without it, the version below would become
 * the current one. Versions above the newest marker were stored since the deletion and are kept: a new history.
 * @returns Number of versions erased, delete markers not counted.
 */
export async function eraseDeleted(
  bucket: Bucket,
  key: Key,
  options: EraseVersionsOptions,
  settings: EraseSettings,
): Promise<number> {
  const select = ({ versions }: FileVersions): Selected => {
    const newest = versions.findIndex(({ isMarker }) => isMarker);
    if (newest === -1) return { first: [], last: [] };
    return { first: versions.slice(newest + 1), last: [versions[newest]!] };
  };
  let count = 0;
  // Repeats until nothing is left: some stores list files below another one only once that one is gone.
  for (;;) {
    const erased = await erasePages(bucket, key, async (file) => select(file), options, settings);
    count += erased.versions;
    if (erased.total === 0) return count;
  }
}

/**
 * Erases versions that were replaced or deleted before a time, and the entries of deletions before it.
 * @returns Number of versions erased, delete markers not counted.
 */
export async function eraseOlder(
  bucket: Bucket,
  key: Key,
  before: Date,
  options: EraseVersionsOptions,
  settings: EraseSettings,
): Promise<number> {
  const select = async ({ versions }: FileVersions): Promise<Selected> => {
    const end = await endOfKept(versions, before, options, settings);
    const current = versions[0]!;
    const isGone = end === 1 && current.isMarker && current.at < before;
    return { first: versions.slice(end), last: isGone ? [current] : [] };
  };
  return (await erasePages(bucket, key, select, options, settings)).versions;
}

/** Returns the index behind the oldest version that is kept. Versions of equal content count as one. */
async function endOfKept(
  versions: readonly ObjectVersion[],
  before: Date,
  options: EraseVersionsOptions,
  { provenances }: EraseSettings,
): Promise<number> {
  let end = 1;
  for (; end < versions.length; end++) {
    const newer = versions[end - 1]!;
    if (newer.at < before && !(await isSame(newer, versions[end]!, provenances, options))) break;
  }
  return end;
}

/** Erases what `select` selects among the versions of each file. */
async function erasePages(
  bucket: Bucket,
  key: Key,
  select: (file: FileVersions) => Promise<Selected>,
  options: EraseVersionsOptions,
  { concurrency }: EraseSettings,
): Promise<{ readonly versions: number; readonly total: number }> {
  let versions = 0;
  let total = 0;
  for await (const files of filesToErase(bucket, key, options)) {
    const selected = await mapConcurrent(files, concurrency, select);
    for (const part of [selected.flatMap(({ first }) => first), selected.flatMap(({ last }) => last)]) {
      for (let start = 0; start < part.length; start += BATCH) {
        const failed = await deleteObjects(bucket, part.slice(start, start + BATCH), concurrency, options);
        if (failed.length > 0) throw refused(failed.length);
      }
      total += part.length;
      versions += countContents(part);
    }
  }
  return { versions, total };
}

/** Lists the versions of a file, its descendants, or both, in pages. */
async function* filesToErase(
  bucket: Bucket,
  key: Key,
  { scope, signal }: EraseVersionsOptions,
): AsyncGenerator<readonly FileVersions[]> {
  if (scope !== "descendants") {
    const file = new VersionsOfFile(bucket, key, { signal });
    await file.findIndex(() => false);
    if (file.listed.length > 0) yield [{ key, versions: file.listed }];
  }
  if (scope === "file") return;
  for await (const files of listObjectVersions(bucket, key === "" ? "" : `${key}/`, { signal })) {
    yield files.filter(({ key, versions }) => !isProbe(key, versions[0]!.at));
  }
}

/** Counts versions, those of equal content in a row once. */
const countContents = (versions: readonly ObjectVersion[]): number =>
  versions.filter(({ key, etag, isMarker }, i) => {
    const before = versions[i + 1];
    return !isMarker && !(before?.key === key && before.etag === etag);
  }).length;

const refused = (count: number) =>
  new RemoteBackendError("permission-denied", `${count} versions could not be erased.`, {
    hint: "Grant s3:DeleteObjectVersion, and check that no Object Lock protects the versions.",
  });
