import { type ConnectionSource, msUntil } from "./connection-source.js";
import { type Statement, type TakeRow, withdraw } from "./statement.js";
import { CANCELED, errorCode, FOREIGN_CANCEL, failure, STALLED } from "./translate-error.js";
import type { Until } from "./until.js";

/** Time in which a canceled statement must end, in milliseconds; after it, the connection counts as stalled. */
export const CANCEL_GRACE_MS = 1_000;

/**
 * Sends a statement and waits for its result. The timeout is a client timer and a cancel request, because PgBouncer
 * refuses `statement_timeout` at startup.
 * @param endsAt Deadline on the `performance.now()` clock; `until` may end the statement earlier.
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
      reject(errorCode(error) === CANCELED && !isUp ? failure(FOREIGN_CANCEL, { cause: error }) : error);
    };
    query.forEach(take).then(answered, failed);
  });
}

/**
 * Sends cancel requests until the statement has ended. Sends none while the statement is queued behind another one on a
 * connection of the caller's client, because the request would cancel that one.
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
