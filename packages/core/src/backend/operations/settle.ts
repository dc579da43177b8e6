import type { Change, Key, Outcome, StoredFile, TimeRange } from "../../store/file-store.js";
import { replacedVersion } from "../../store/lost-answer.js";
import { isCompleteSince } from "../../store/write-ids.js";
import { RemoteBackendError } from "../../support/errors.js";
import { backOff } from "../retry.js";
import { type Fetched, fetchFiles, type OperationContext } from "./operation.js";
import { momentOf } from "./service-moment.js";

/** Final result of a change. */
export type Settled = Outcome | RemoteBackendError;

/** Changes with lost answers, each with its error. */
export type Doubtful = Map<Change, RemoteBackendError>;

type Send = (op: OperationContext, changes: readonly Change[]) => Promise<readonly Settled[]>;

/** Number of files read at once: their contents are in memory together. */
const FILES_PER_LOOK = 16;

/** Number of reads of an absent file: the lost request may still be in flight. */
const LOOKS_FOR_ABSENT = 3;

const UNKNOWN =
  "The storage's answer was lost, so it is unknown whether the change was made: read the file to see.";

/** Returns the final answer for a change that may or may not have been made. */
export const unknownOutcome = (cause: unknown): RemoteBackendError =>
  new RemoteBackendError("unknown-outcome", UNKNOWN, { cause, isTransient: false });

/** Waits before another attempt; returns true if no time is left for one. See `Retries.after`. */
export const hasNoTimeFor = (
  op: OperationContext,
  failure: RemoteBackendError,
  attempt: number,
  isLook?: boolean,
): Promise<boolean> =>
  op.retries.after(failure, attempt, isLook).then(
    () => false,
    () => true,
  );

/**
 * Settles changes with lost answers by reading each file. A change whose id is in the file's chain was made. A change
 * that was certainly not made is retried, on the condition that the file is unchanged since it was read. Everything
 * else remains `unknown-outcome`: a retry could undo acknowledged writes or deletions of others.
 * @param requestedAt `performance.now()` before the first attempt.
 */
export async function settleDoubtful(
  op: OperationContext,
  doubtful: Doubtful,
  requestedAt: number,
  send: Send,
): Promise<ReadonlyMap<Change, Settled>> {
  const settled = new Map<Change, Settled>();
  const moment = once(() => momentOf(op, requestedAt).catch(() => undefined));
  const all = [...doubtful];
  for (let i = 0; i < all.length; i += FILES_PER_LOOK) {
    const some = all.slice(i, i + FILES_PER_LOOK).map(([change, error]) => ({ change, sent: change, error }));
    await settleSome(op, some, moment, send, (change, answer) => void settled.set(change, answer));
  }
  return settled;
}

/** Change with a lost answer. */
interface Doubt {
  readonly change: Change;
  /** The change as it was last sent; a retry has a condition of its own. */
  sent: Change;
  /** Reason why its outcome is unknown. */
  error: RemoteBackendError;
}

async function settleSome(
  op: OperationContext,
  doubts: readonly Doubt[],
  moment: () => Promise<TimeRange | undefined>,
  send: Send,
  settle: (change: Change, answer: Settled) => void,
): Promise<void> {
  let open = doubts;
  for (let attempt = 0; open.length > 0; attempt++) {
    const files = await look(op, open);
    let failure: RemoteBackendError | undefined;
    const repeated: Doubt[] = [];
    const waiting: Doubt[] = [];
    for (const doubt of open) {
      const file = files.get(doubt.change.key);
      const verdict = await judge(doubt, file, moment);
      if ("repeat" in verdict) repeated.push(Object.assign(doubt, { sent: verdict.repeat }));
      else if (file === undefined && attempt + 1 < LOOKS_FOR_ABSENT) {
        waiting.push(doubt);
        failure = doubt.error;
      } else settle(doubt.change, verdict);
    }
    const sent = repeated.map((doubt) => doubt.sent);
    const answers = sent.length > 0 ? await send(op, sent) : [];
    const again = repeated.filter((doubt, i) => {
      const answer = answers[i]!;
      if (RemoteBackendError.is(answer) && answer.isTransient) {
        failure = doubt.error = answer;
        return true;
      }
      // The file has changed since it was read, perhaps by a late attempt of this change.
      if (!RemoteBackendError.is(answer) && !answer.done) return true;
      settle(doubt.change, answer);
      return false;
    });
    open = [...waiting, ...again];
    if (open.length === 0) return;
    if (failure && (await hasNoTimeFor(op, failure, attempt))) {
      for (const { change, error } of open) settle(change, unknownOutcome(error));
      return;
    }
    if (!failure) await backOff(attempt, op.call.signal);
  }
}

/** Reads the files of changes. If the whole call fails, it counts as a failure for each file. */
async function look(op: OperationContext, doubts: readonly Doubt[]): Promise<ReadonlyMap<Key, Fetched>> {
  const keys = doubts.map(({ change }) => change.key);
  try {
    return await fetchFiles(op, keys);
  } catch (error) {
    if (!RemoteBackendError.is(error)) throw error;
    return new Map(keys.map((key) => [key, error]));
  }
}

/** Decides the outcome of a change, or how it can be retried. */
async function judge(
  { change, sent, error }: Doubt,
  file: Fetched,
  moment: () => Promise<TimeRange | undefined>,
): Promise<Settled | { readonly repeat: Change }> {
  // An absent file may have been created and deleted again.
  if (file === undefined || RemoteBackendError.is(file)) return unknownOutcome(error);
  if (file.writeIds.includes(change.id)) return { done: true };
  const isUntouched = file.version === (replacedVersion(error) ?? versionOf(sent));
  if (isUntouched && change.condition !== "overwrite") return { repeat: sent };
  if (typeof sent.condition === "object" && isCompleteSince(sent.condition.writeIds[0], file.writeIds)) {
    return change.condition === "overwrite"
      ? { repeat: { ...change, condition: file } }
      : { done: false, why: "changed" };
  }
  if (!isUntouched && !(typeof change.condition === "string" && isOlder(file, await moment()))) {
    return unknownOutcome(error);
  }
  return change.condition === "overwrite"
    ? { repeat: { ...change, condition: file } }
    : { done: false, why: "exists" };
}

const versionOf = ({ condition }: Change) => (typeof condition === "object" ? condition.version : undefined);

/** True if a file was last written before `moment`. */
const isOlder = (file: StoredFile, moment: TimeRange | undefined): boolean =>
  moment !== undefined && file.modifiedAt < moment.earliest;

/** Memoizes a function. */
function once<T>(run: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: run() };
    return made.value;
  };
}
