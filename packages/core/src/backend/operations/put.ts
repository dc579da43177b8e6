import type { Change, Key, Outcome } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import type { OperationContext } from "./operation.js";
import { type Doubtful, hasNoTimeFor, type Settled, settleDoubtful, unknownOutcome } from "./settle.js";

export type { Settled } from "./settle.js";

/** Reports a final answer as soon as it is known. */
export type OnOutcome = (key: Key, outcome: Settled) => void;

/**
 * Writes files. Retries changes with transient failures, and settles changes with lost answers by reading the file.
 * @returns One answer per change, in order.
 */
export async function putChanges(
  op: OperationContext,
  changes: readonly Change[],
  onOutcome?: OnOutcome,
): Promise<readonly Settled[]> {
  const requestedAt = performance.now();
  const settled = new Map<Change, Settled>();
  const report = onOutcome && finalOnly(onOutcome);
  const settle = (change: Change, answer: Settled) => {
    settled.set(change, answer);
    report?.(change.key, answer);
  };
  let open = changes;
  for (let attempt = 0; open.length > 0; attempt++) {
    const sent = open;
    const answers = await send(op, sent, report);
    const doubtful: Doubtful = new Map();
    let failure: RemoteBackendError | undefined;
    open = sent.filter((change, i) => {
      const answer = answers[i]!;
      settle(change, answer);
      if (!RemoteBackendError.is(answer)) return false;
      if (!answer.isTransient) return false;
      failure = answer;
      if (answer.code === "unknown-outcome") doubtful.set(change, answer);
      return answer.code !== "unknown-outcome";
    });
    const isOver = failure && (await hasNoTimeFor(op, failure, attempt, open.length === 0));
    if (isOver) open = [];
    for (const [change, error] of doubtful) if (isOver) settle(change, unknownOutcome(error));
    if (isOver || doubtful.size === 0) continue;
    const found = await settleDoubtful(op, doubtful, requestedAt, send);
    for (const [change, answer] of found) settle(change, answer);
  }
  return changes.map((change) => settled.get(change)!);
}

/** Filters out errors after which the change is sent again. */
const finalOnly =
  (report: OnOutcome): OnOutcome =>
  (key, answer) => {
    if (!RemoteBackendError.is(answer) || !answer.isTransient) report(key, answer);
  };

/** Makes one attempt. The failure of a whole call counts as the failure of each of its changes. */
async function send(
  { store, call }: OperationContext,
  changes: readonly Change[],
  onOutcome?: OnOutcome,
): Promise<readonly Settled[]> {
  try {
    return await store.put(changes, onOutcome ? call.with({ onOutcome }) : call);
  } catch (error) {
    if (!RemoteBackendError.is(error)) throw error;
    return changes.map(() => error);
  }
}

/** Writes one file. */
export async function putChange(op: OperationContext, change: Change): Promise<Outcome> {
  const [settled] = await putChanges(op, [change]);
  if (RemoteBackendError.is(settled)) throw settled;
  return settled!;
}
