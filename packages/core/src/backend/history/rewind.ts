import type { PointInTime, Snapshot } from "../../store/file-history.js";
import type { Entry, Key } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { Semaphore } from "../../support/semaphore.js";
import { hintsFor, locateFile, type OperationContext, pathOf } from "../operations/operation.js";
import { pathConflictSentence } from "../operations/refusals.js";
import { checkMethodOptions } from "./arguments.js";
import { isAt, prefixAt } from "./file-version.js";
import { historyOf } from "./history-of.js";
import { restoreFile } from "./restore-file.js";
import type { RewindOptions, RewoundFile } from "./results.js";

/** Number of files that are handled at a time: each may be in memory twice. */
const CONCURRENT_FILES = 4;

/** Files to rewind: those that changed after a snapshot. */
export interface RewindPlan {
  /** Root of the tenant. */
  readonly root: Key;
  readonly snapshot: Snapshot;
  readonly keys: readonly Key[];
}

/** Rewinds files and answers for those that it is responsible for. */
export type RewindStep = (op: OperationContext, plan: RewindPlan) => Promise<readonly RewoundFile[]>;

/** Finds the files at a path that changed after a point in time. */
export async function planRewind(
  op: OperationContext,
  point: PointInTime,
  options: RewindOptions,
): Promise<RewindPlan> {
  checkMethodOptions("rewind", options);
  const location = locateFile(op, options.path ?? "/");
  const history = historyOf(op);
  const snapshot = await op.retries.run(() => history.resolve(point, op.call));
  const keys = await op.retries.run(async () => {
    const found: Key[] = [];
    for await (const page of history.changedSince(prefixAt(location), snapshot, op.call)) {
      for (const key of page) if (isAt(location, key)) found.push(key);
    }
    return found;
  });
  return { root: op.call.root, snapshot, keys };
}

/** Deletes those of the files that did not exist at the snapshot. */
export function deleteNewer(
  op: OperationContext,
  { snapshot, keys }: RewindPlan,
): Promise<readonly RewoundFile[]> {
  return eachOf(op, keys, async (key, path) => {
    const recursive = op.call.with({ recursive: true });
    if (await has(op, key, () => historyOf(op).listAt(key, snapshot, recursive))) return undefined;
    if (!(await has(op, key, () => op.store.list(key, recursive)))) return { path, outcome: "unchanged" };
    const origin = op.call.origin && ({ ...op.call.origin, kind: "delete" } as const);
    const options = op.call.with({ scope: "file" as const, ...(origin && { origin }) });
    const { failed } = await op.retries.run(() => op.store.delete(key, options));
    return failed.length === 0
      ? { path, outcome: "deleted" }
      : { path, outcome: "failed", error: "The storage kept the file." };
  });
}

/** Restores those of the files that existed at the snapshot and are different now. */
export function restoreOlder(
  op: OperationContext,
  { snapshot, keys }: RewindPlan,
): Promise<readonly RewoundFile[]> {
  const options = op.call.with(hintsFor(op.store, { raw: true }));
  return eachOf(op, keys, async (key, path) => {
    const [file] = await op.retries.run(() => historyOf(op).getAt([key], snapshot, options));
    // Erased since the other files were deleted.
    if (!file) return { path, outcome: "failed", error: "The version of that time is not kept any more." };
    const outcome = await restoreFile(op, key, file, async () => true);
    if (outcome === "unchanged" || outcome === "refused") return { path, outcome: "unchanged" };
    if (outcome.done) return { path, outcome: "restored" };
    const other = outcome.why === "conflict" ? outcome.other : key;
    return { path, outcome: "failed", error: pathConflictSentence(op, path, other) };
  });
}

/** True if a listing with the key of a file as its prefix has the file. Unlike fetching it, that needs no content. */
function has(op: OperationContext, key: Key, list: () => AsyncIterable<readonly Entry[]>): Promise<boolean> {
  return op.retries.run(async () => {
    for await (const page of list()) {
      if (page.some((entry) => entry.key === key)) return true;
      // In key order, so that a file comes before all others with its prefix.
      if (page.length > 0) return false;
    }
    return false;
  });
}

/** Handles files a few at a time, each with its own answer; those with none are left out. In order. */
async function eachOf(
  op: OperationContext,
  keys: readonly Key[],
  handle: (key: Key, path: string) => Promise<RewoundFile | undefined>,
): Promise<readonly RewoundFile[]> {
  const semaphore = new Semaphore(CONCURRENT_FILES);
  const answers = await Promise.all(
    keys.map((key) => {
      const path = pathOf(op, key);
      return semaphore.run(() => settled(op, path, () => handle(key, path)));
    }),
  );
  return answers.filter((answer) => answer !== undefined);
}

/** Returns the answer for one file; its failure does not end the rewind. */
async function settled(
  op: OperationContext,
  path: string,
  run: () => Promise<RewoundFile | undefined>,
): Promise<RewoundFile | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!RemoteBackendError.is(error) || op.call.signal.aborted) throw error;
    op.reportFailure(error);
    return { path, outcome: "failed", error: error.message };
  }
}
