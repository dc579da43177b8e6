import { setTimeout as delay } from "node:timers/promises";
import {
  type CallOptions,
  compareCodePoints,
  type Key,
  unknownPoint,
  type VersionEntry,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { readClock } from "../requests/clock.js";
import { listVersions, type ObjectVersion } from "../requests/list-versions.js";
import { entryAt } from "./entry.js";
import { listFileVersions } from "./file-versions.js";
import type { Provenances } from "./provenances.js";
import { type Point, pointAfter, pointBefore } from "./snapshot.js";
import { idOf, parseId } from "./version-id.js";

/** Facts about when the history begins. */
export interface Begin {
  /** Time since which versioning is known to be on; unknown before the store is open. */
  readonly enabledSince: Date | undefined;
  /** Days for which versions are kept, if limited. */
  readonly retentionDays: number | undefined;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/**
 * Resolves a time on the store's clock. A time in the future means the present.
 * @throws RemoteBackendError `invalid-options` if it is before the history begins.
 */
export async function resolveTime(
  bucket: Bucket,
  time: Date,
  { enabledSince, retentionDays }: Begin,
  options: Pick<CallOptions, "signal">,
): Promise<Point> {
  const { now } = await readClock(bucket, options);
  const kept = new Date(retentionDays === undefined ? 0 : now.getTime() - retentionDays * DAY_MS);
  if (time < kept) throw unknownPoint(time, kept);
  const isOld = enabledSince === undefined || time < enabledSince;
  if (isOld && !(await hasVersionUpTo(bucket, time, options))) throw unknownPoint(time);
  if (time < now) return { ms: time.getTime() };
  // Waits until the current second is over: until then it can get new versions, and S3 rounds their times down to it.
  // An aborted wait ends with the signal's own reason, not with the timer's error.
  await delay(SECOND_MS, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
  return { ms: Math.min(time.getTime(), now.getTime() + SECOND_MS - 1) };
}

/** True if a version in the bucket was stored at a time or before: the history is at least as old. */
async function hasVersionUpTo(
  bucket: Bucket,
  time: Date,
  options: Pick<CallOptions, "signal">,
): Promise<boolean> {
  for await (const page of listVersions(bucket, "", options)) {
    if (page.some(({ at }) => at <= time)) return true;
  }
  return false;
}

/** Finds a version below a root, by listing all. */
export async function resolveVersion(
  bucket: Bucket,
  id: string,
  root: Key,
  options: Pick<CallOptions, "signal">,
): Promise<Point | undefined> {
  if (parseId(id) === undefined) return undefined;
  for await (const files of listFileVersions(bucket, root, options)) {
    for (const { versions } of files) {
      const version = versions.find((version) => idOf(version) === id);
      if (version) return pointAfter(version);
    }
  }
  return undefined;
}

/**
 * Finds the first change of a thread at a checkpoint or a later one below a root, by looking up all versions. Checkpoints
 * also order the changes of a thread to different files within one second, the resolution of AWS' times.
 */
export async function resolveCheckpoint(
  bucket: Bucket,
  { thread, checkpoint }: { readonly thread: string; readonly checkpoint: string },
  root: Key,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
): Promise<Point | undefined> {
  const isMeant = ({ by }: Pick<VersionEntry, "by">) =>
    by?.thread === thread && by.checkpoint !== undefined && compareCodePoints(by.checkpoint, checkpoint) >= 0;
  let first: ObjectVersion[] = [];
  for await (const files of listFileVersions(bucket, root, options)) {
    await provenances.load(
      files.flatMap(({ versions }) => versions),
      options,
    );
    for (const { versions } of files) {
      const version = await findOldest(versions, isMeant, provenances, options);
      if (version === undefined || (first[0] && version.at > first[0].at)) continue;
      first = first[0]?.at.getTime() === version.at.getTime() ? [...first, version] : [version];
    }
  }
  return first.length === 0 ? undefined : pointBefore(first);
}

/** Finds the oldest version of a file whose entry passes a test. */
async function findOldest(
  versions: readonly ObjectVersion[],
  test: (entry: VersionEntry) => boolean,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
): Promise<ObjectVersion | undefined> {
  for (let index = versions.length - 1; index >= 0; index--) {
    const entry = await entryAt(versions, index, provenances, options);
    if (entry && test(entry)) return versions[index];
  }
  return undefined;
}
