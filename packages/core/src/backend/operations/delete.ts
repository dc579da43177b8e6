import type { DeleteResult } from "../../protocol/protocol.js";
import type { DeleteOutcome, Key } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { notFoundSentence } from "./not-found.js";
import { below, entries, fetchFile, type Location, locateFile, type OperationContext } from "./operation.js";
import { momentOf } from "./service-moment.js";

export async function deletePath(op: OperationContext, path: string): Promise<DeleteResult> {
  const location = locateFile(op, path);
  const isRoot = location.relative === "";
  op.reader?.forgets(location.key);
  const requestedAt = performance.now();
  let isDoubtful = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const { deleted, failed } = isDoubtful
        ? await repeat(op, location, requestedAt)
        : await op.store.delete(targetOf(location), op.call.with(scopeOf(location)));
      if (failed.length > 0 && isDoubtful) throw undecided(failed.length);
      if (failed.length > 0)
        return { error: `Error: ${failed.length} files could not be deleted and are still there` };
      // An attempt with a lost answer may have deleted everything. An empty root counts as deleted.
      if (deleted > 0 || isRoot || isDoubtful) return { path, filesUpdate: null };
      return { error: `Error: ${await notFoundSentence(op, location, path)}` };
    } catch (error) {
      if (!RemoteBackendError.is(error)) throw error;
      isDoubtful ||= error.code === "unknown-outcome";
      await op.retries.after(error, attempt);
    }
  }
}

const targetOf = ({ key, relative }: Location): Key => (relative === "" ? key.replace(/\/$/, "") : key);

const scopeOf = ({ directory }: Location) => ({ scope: directory ? "descendants" : "all" }) as const;

/**
 * Repeats a deletion with a lost answer. Files created after the first request are kept. Without a service clock they
 * cannot be told apart, so nothing is deleted.
 */
async function repeat(op: OperationContext, location: Location, at: number): Promise<DeleteOutcome> {
  const requestedAt = await momentOf(op, at);
  if (!requestedAt) return { deleted: 0, failed: await remaining(op, location) };
  return op.store.delete(targetOf(location), op.call.with({ ...scopeOf(location), requestedAt }));
}

/** Returns the file or its first descendant, if any. */
async function remaining(op: OperationContext, location: Location): Promise<readonly Key[]> {
  if (!location.directory && (await fetchFile(op, location.key))) return [location.key];
  for await (const { key } of entries(op, below(location), { recursive: true })) return [key];
  return [];
}

const undecided = (count: number): RemoteBackendError =>
  new RemoteBackendError(
    "unknown-outcome",
    `The storage's answer was lost, and ${count} files are there that may be newer than the deletion: check before you repeat it.`,
    { isTransient: false },
  );
