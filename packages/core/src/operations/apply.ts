import { RemoteBackendError } from "../errors.js";
import type { Change, Outcome } from "../store.js";
import { isCompleteSince } from "../write-ids.js";
import { fetchFile, type Operation } from "./operation.js";

/** What became of a change in the end. */
export type Settled = Outcome | RemoteBackendError;

/**
 * Writes files and settles what the service left open: a change whose answer was lost is sent again under its id,
 * which the store refuses to apply twice. Only what stays open when the budget is used up is `unknown-outcome`.
 * @returns One answer per change, in order.
 */
export async function applyChanges(op: Operation, changes: readonly Change[]): Promise<readonly Settled[]> {
  const settled = new Map<Change, Settled>();
  const doubtful = new Set<Change>();
  let open = changes;
  for (let attempt = 0; open.length > 0; attempt++) {
    const sent = open;
    const answers = await send(op, sent);
    let failure: RemoteBackendError | undefined;
    open = sent.filter((change, i) => {
      const answer = answers[i]!;
      settled.set(change, answer);
      if (!RemoteBackendError.is(answer)) return false;
      if (answer.code === "unknown-outcome") doubtful.add(change);
      if (!answer.isTransient) return false;
      failure = answer;
      return true;
    });
    if (failure) await op.retries.after(failure, attempt).catch(() => (open = []));
  }
  const settle = async (change: Change) =>
    settled.set(change, await resolveDoubt(op, change, settled.get(change)!));
  if (doubtful.size > 0) await Promise.all([...doubtful].map(settle));
  return changes.map((change) => settled.get(change)!);
}

/** One attempt; a call that failed as a whole failed for each of its changes. */
async function send({ store, call }: Operation, changes: readonly Change[]): Promise<readonly Settled[]> {
  try {
    return await store.apply(changes, call);
  } catch (error) {
    if (!RemoteBackendError.is(error)) throw error;
    return changes.map(() => error);
  }
}

const UNKNOWN =
  "The answer of the storage was lost, so it is unknown whether the change was made: read the file to see.";

/**
 * Decides what a refusal means after an earlier attempt whose answer was lost. The refusal itself says that our id
 * is not in the chain. If no id was pushed out since the version that we started from, the change was not made;
 * otherwise nobody can tell.
 */
async function resolveDoubt(op: Operation, change: Change, answer: Settled): Promise<Settled> {
  if (RemoteBackendError.is(answer)) {
    return new RemoteBackendError("unknown-outcome", UNKNOWN, { cause: answer });
  }
  if (answer.done || answer.why !== "changed" || typeof change.when === "string") return answer;
  const now = await fetchFile(op, change.key);
  if (now?.writeIds.includes(change.id)) return { done: true, version: now.version };
  if (now === undefined || isCompleteSince(change.when.writeIds[0], now.writeIds)) return answer;
  return new RemoteBackendError("unknown-outcome", UNKNOWN);
}

/** Writes one file. */
export async function applyChange(op: Operation, change: Change): Promise<Outcome> {
  const [settled] = await applyChanges(op, [change]);
  if (RemoteBackendError.is(settled)) throw settled;
  return settled!;
}
