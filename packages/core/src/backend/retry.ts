import { setTimeout as delay } from "node:timers/promises";
import type { TimeLimit } from "../support/deadline.js";
import { RemoteBackendError } from "../support/errors.js";

/**
 * Total of the pauses of one operation, and longest time from the first failure of a call to its last attempt, in
 * milliseconds. The deadline of the operation may come earlier.
 */
const RETRY_BUDGET_MS = 10_000;
/** First pauses before a retry, in milliseconds; each further attempt doubles the bound. */
const FIRST_PAUSE_MS = { failure: 100, throttling: 500 };
const MAX_PAUSE_MS = { failure: 1_000, throttling: 4_000, conflict: 1_000 };

/** Full jitter: a random part of a bound that doubles with each attempt, in milliseconds. */
const jittered = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** attempt);

/** Waits before another attempt against concurrent writers. */
export function backOff(attempt: number, signal: AbortSignal, firstMs: number): Promise<void> {
  return delay(jittered(attempt, firstMs, MAX_PAUSE_MS.conflict), undefined, { signal });
}

/**
 * Pause before a retry, in milliseconds. A service that asks for a time gets it, and up to half as much again, so that its
 * clients do not all return at once.
 */
export function pauseMs({ isThrottled, retryAfterMs }: RemoteBackendError, attempt: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs * (1 + Math.random() / 2);
  const kind = isThrottled ? "throttling" : "failure";
  return jittered(attempt, FIRST_PAUSE_MS[kind], MAX_PAUSE_MS[kind]);
}

/** The retries of one operation: its calls share one budget of time, and have their own numbers of attempts. */
export class Retries {
  readonly #time: TimeLimit;
  readonly #maxAttempts: number;
  #spentMs = 0;
  /** When the call that was last retried had failed first. */
  #since = 0;
  #lastFailure: RemoteBackendError | undefined;
  #failingSince: number | undefined;
  #givenUp: RemoteBackendError | undefined;

  /**
   * @param time Of the operation: no attempt is waited for that would come after it.
   * @param maxAttempts Attempts of one call, the first included. Default: as many as the budget allows.
   */
  constructor(time: TimeLimit, maxAttempts = Number.POSITIVE_INFINITY) {
    this.#time = time;
    this.#maxAttempts = maxAttempts;
  }

  /** Error of the last attempt that was retried. */
  get lastFailure(): RemoteBackendError | undefined {
    return this.#lastFailure;
  }

  /** When an attempt failed for the first time, as `performance.now()` tells it. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** The transient error after which a call was not retried any more. */
  get givenUp(): RemoteBackendError | undefined {
    return this.#givenUp;
  }

  /**
   * Waits before another attempt.
   * @param attempt How many of the call failed before this one.
   * @param isLook True if the next request only reads what an attempt has done. It is sent at once: other writers may push
   *   the proof out.
   * @throws The error itself when it is final or the budget is used up.
   */
  async after(error: RemoteBackendError, attempt: number, isLook = false): Promise<void> {
    if (!error.isTransient) throw error;
    const now = performance.now();
    if (attempt === 0) this.#since = now;
    this.#failingSince ??= now;
    const pause = isLook ? 0 : pauseMs(error, attempt);
    const isLast =
      attempt + 1 >= this.#maxAttempts ||
      this.#spentMs + pause > RETRY_BUDGET_MS ||
      now + pause - this.#since > RETRY_BUDGET_MS ||
      now + pause >= this.#time.deadline;
    if (isLast) {
      this.#givenUp = error;
      throw error;
    }
    this.#lastFailure = error;
    this.#spentMs += pause;
    await delay(pause, undefined, { signal: this.#time.signal });
  }

  /** Runs something that changes nothing until it succeeds or the budget is used up. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        if (!RemoteBackendError.is(error)) throw error;
        await this.after(error, attempt);
      }
    }
  }
}
