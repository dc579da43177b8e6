import {
  compareCodePoints,
  type Key,
  type ListChangesOptions,
  type VersionEntry,
  type VersionId,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { readClock } from "../requests/clock.js";
import type { ObjectVersion } from "../requests/list-versions.js";
import { currentEtag, entryOf, isSame } from "./entry.js";
import { type FileVersions, listFileVersions, VersionsOfFile } from "./file-versions.js";
import type { Provenances } from "./provenances.js";
import { idOf, parseId } from "./version-id.js";

/**
 * Number of versions that one listing of the whole prefix collects. Bounds the memory: up to three times as many are held,
 * and all versions of one file while it is listed.
 */
const MAX_COLLECTED = 10_000;

/** Number of versions to look up at once. */
const CHUNK = 100;

/** A version, and those of its file that its entry depends on. */
interface Candidate {
  readonly version: ObjectVersion;
  /** Place among the versions of its file in one listing, newest first. */
  readonly index: number;
  readonly before: ObjectVersion | undefined;
  readonly after: ObjectVersion | undefined;
  readonly latest: ObjectVersion;
}

/** Place in the order of all changes. */
interface Cursor {
  readonly ms: number;
  readonly id: VersionId;
  /** Absent until the listing has come to the version: an id does not contain it. */
  readonly key?: Key;
}

/** Order of all changes, the oldest first: by time, then key, then S3's order of the versions of one key. */
const compare = (a: Candidate, b: Candidate): number =>
  a.version.at.getTime() - b.version.at.getTime() ||
  compareCodePoints(a.version.key, b.version.key) ||
  b.index - a.index;

/**
 * Returns changes under a prefix, oldest first. S3 lists by key, so every page lists all versions under the prefix. Those
 * of the current second of the store's clock are held back: others of that time may come before them in the order.
 * @see FileHistory.changes
 */
export async function changesUnder(
  bucket: Bucket,
  prefix: string,
  provenances: Provenances,
  options: ListChangesOptions,
): Promise<readonly VersionEntry[]> {
  const name = options.since === undefined ? undefined : parseId(options.since);
  if (options.since !== undefined && name === undefined) return [];
  const { now } = await readClock(bucket, options);
  let cursor: Cursor | undefined = name && { ms: name.ms, id: options.since! };
  for (;;) {
    const candidates = await collect(bucket, prefix, cursor, now, options);
    const entries = await entriesOf(bucket, candidates, provenances, options);
    if (entries.length > 0 || candidates.length < MAX_COLLECTED) return entries;
    const { version } = candidates.at(-1)!;
    cursor = { ms: version.at.getTime(), id: idOf(version), key: version.key };
  }
}

/** Collects the oldest versions behind a cursor and before a time, in order. */
async function collect(
  bucket: Bucket,
  prefix: string,
  cursor: Cursor | undefined,
  until: Date,
  options: ListChangesOptions,
): Promise<Candidate[]> {
  let collected: Candidate[] = [];
  const oldest = (candidates: Candidate[]) => candidates.sort(compare).slice(0, MAX_COLLECTED);
  // Versions of the cursor's time, as long as it is unknown on which side of it they are.
  let tied: Candidate[] = [];
  let place = cursor;
  for await (const files of listFileVersions(bucket, prefix, options)) {
    for (const file of files) {
      const found = place ? indexOf(file, place) : -1;
      if (place && found !== -1) {
        place = { ...place, key: file.key };
        tied = [];
      }
      for (const candidate of candidatesOf(file)) {
        const { at } = candidate.version;
        if (at >= until) continue;
        const side = place ? sideOf(candidate, place, found) : 1;
        if (side > 0) collected.push(candidate);
        else if (side === 0 && tied.length < MAX_COLLECTED) tied.push(candidate);
      }
    }
    if (collected.length > 2 * MAX_COLLECTED) collected = oldest(collected);
  }
  // The cursor's version has been erased or has expired: repeats changes of its time rather than lose one.
  return oldest([...tied, ...collected]);
}

const indexOf = ({ versions }: FileVersions, { ms, id }: Cursor): number =>
  versions.findIndex((version) => version.at.getTime() === ms && idOf(version) === id);

/** Returns the versions of a file, oldest first. */
const candidatesOf = ({ versions }: FileVersions): Candidate[] =>
  versions
    .map((version, index) => ({
      version,
      index,
      before: versions[index + 1],
      after: versions[index - 1],
      latest: versions[0]!,
    }))
    .reverse();

/**
 * Returns a positive number for a version behind a cursor, a negative one for others, and 0 if that is unknown.
 * @param found Index of the cursor's version in the same file, or -1.
 */
function sideOf({ version, index }: Candidate, { ms, key }: Cursor, found: number): number {
  const difference = version.at.getTime() - ms;
  if (difference !== 0) return difference;
  if (key === undefined) return 0;
  return compareCodePoints(version.key, key) || (found === -1 ? 1 : found - index || -1);
}

async function entriesOf(
  bucket: Bucket,
  candidates: readonly Candidate[],
  provenances: Provenances,
  options: ListChangesOptions,
): Promise<VersionEntry[]> {
  const { limit, thread } = options;
  const entries: VersionEntry[] = [];
  const chunk = Math.min(CHUNK, limit);
  for (let start = 0; start < candidates.length && entries.length < limit; start += chunk) {
    const part = candidates.slice(start, start + chunk);
    await provenances.load(
      part.flatMap(({ version, before }) => (before ? [version, before] : [version])),
      options,
    );
    for (const candidate of part) {
      const entry = await entryOf(candidate.version, candidate.before, provenances, options, () =>
        currentOf(bucket, candidate, provenances, options),
      );
      if (entry && (thread === undefined || entry.by?.thread === thread)) entries.push(entry);
    }
  }
  return entries.slice(0, limit);
}

/** Returns the ETag of the stored file, if it has the content of the version. */
async function currentOf(
  bucket: Bucket,
  { version, after, latest }: Candidate,
  provenances: Provenances,
  options: ListChangesOptions,
): Promise<string | undefined> {
  if (latest.isMarker) return undefined;
  if (after === undefined || after === latest) {
    return currentEtag(after ? [after, version] : [version], after ? 1 : 0, provenances, options);
  }
  if (!(await isSame(after, version, provenances, options))) return undefined;
  // Rare: the same content was stored several times. Whether it still is, the versions in between show.
  const file = new VersionsOfFile(bucket, version.key, options);
  const index = await file.findIndex((each) => idOf(each) === idOf(version));
  return index === -1 ? undefined : currentEtag(file.listed, index, provenances, options);
}
