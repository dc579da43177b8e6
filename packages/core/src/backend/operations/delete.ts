import type { DeleteResult } from "../../protocol/protocol.js";
import type { Key, Moment } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { momentOf } from "./asked.js";
import { notFoundSentence } from "./not-found.js";
import { below, entries, fetchFile, type Location, locateFile, type Operation } from "./operation.js";

export async function remove(op: Operation, path: string): Promise<DeleteResult> {
  const location = locateFile(op, path);
  const isRoot = location.relative === "";
  const asked = performance.now();
  let isDoubtful = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const { removed, left } = isDoubtful
        ? await repeat(op, location, asked)
        : await op.store.remove(targetOf(location), op.call.with(whatOf(location)));
      if (left.length > 0 && isDoubtful) throw undecided(left.length);
      if (left.length > 0)
        return { error: `Error: ${left.length} files could not be deleted and are still there` };
      // An attempt whose answer was lost may have removed everything; an empty root is as it was asked for.
      if (removed > 0 || isRoot || isDoubtful) return { path, filesUpdate: null };
      return { error: `Error: ${await notFoundSentence(op, location, path)}` };
    } catch (error) {
      if (!RemoteBackendError.is(error)) throw error;
      isDoubtful ||= error.code === "unknown-outcome";
      await op.retries.after(error, attempt);
    }
  }
}

const targetOf = ({ key, relative }: Location): Key => (relative === "" ? key.replace(/\/$/, "") : key);

const whatOf = ({ directory }: Location) => ({ what: directory ? "below" : "both" }) as const;

/**
 * Repeats a deletion whose answer was lost: it takes nothing that was created after it was asked for. Of a store without a
 * clock nobody can tell, so nothing is deleted.
 */
async function repeat(
  op: Operation,
  location: Location,
  at: number,
): Promise<{ removed: number; left: readonly Key[] }> {
  const asked: Moment | undefined = await momentOf(op, at);
  if (!asked) return { removed: 0, left: await remaining(op, location) };
  return op.store.remove(targetOf(location), op.call.with({ ...whatOf(location), asked }));
}

/** The file or the first one below the directory, if there is any. */
async function remaining(op: Operation, location: Location): Promise<readonly Key[]> {
  if (!location.directory && (await fetchFile(op, location.key))) return [location.key];
  for await (const { key } of entries(op, below(location), { recursive: true })) return [key];
  return [];
}

const undecided = (count: number): RemoteBackendError =>
  new RemoteBackendError(
    "unknown-outcome",
    `The answer of the storage was lost, and ${count} files are there that may be newer than the deletion: look before you repeat it.`,
    { isTransient: false },
  );
