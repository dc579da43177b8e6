import { type ConnectionSource, msUntil } from "./connection-source.js";
import { type Statement, type TakeRow, withdraw } from "./statement.js";
import { CANCELLED, errorCode, FOREIGN_CANCEL, failure, STALLED } from "./translate-error.js";
import type { Until } from "./until.js";

/** How long a cancelled statement may take to say so, in milliseconds, before its connection counts as stalled. */
export const CANCEL_GRACE_MS = 1_000;

/**
 * Sends a statement and waits for its answer. A client timer and a cancel request end it: PgBouncer refuses
 * `statement_timeout` at startup.
 * @param endsAt When its time is up, as a time of `performance.now()`; `until` may end it earlier.
 */
export function answerInTime(
  query: Statement,
  take: TakeRow,
  source: ConnectionSource,
  { endsAt, until }: { readonly endsAt: number; readonly until: Until },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sentAt = Date.now();
    let isUp = false;
    const stop = () => {
      if (isUp) return;
      isUp = true;
      clearTimeout(timer);
      if (withdraw(query)) return reject(source.notSent());
      cancelUntilDone(query, source);
      timer = setTimeout(() => {
        source.dropStalled(query, sentAt);
        reject(failure(STALLED));
      }, CANCEL_GRACE_MS);
    };
    let timer = setTimeout(stop, msUntil(endsAt));
    const signal = typeof until === "number" ? undefined : until;
    signal?.addEventListener("abort", stop, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      source.release();
    };
    const answered = (answer: unknown) => {
      settle();
      resolve(answer);
    };
    const failed = (error: unknown) => {
      settle();
      reject(errorCode(error) === CANCELLED && !isUp ? failure(FOREIGN_CANCEL, { cause: error }) : error);
    };
    query.forEach(take).then(answered, failed);
  });
}

/**
 * Asks the server to cancel a statement, again and again until it has ended. Never while the statement stands behind
 * another one of a caller's client, where postgres.js would give its answer to the next.
 */
function cancelUntilDone(query: Statement, source: ConnectionSource): void {
  const cancel = () => {
    if (query.active && query.state) source.cancel(query);
  };
  cancel();
  const timer = setInterval(cancel, CANCEL_GRACE_MS).unref();
  const done = () => clearInterval(timer);
  query.then(done, done);
}
