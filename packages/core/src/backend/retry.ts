import { setTimeout as delay } from "node:timers/promises";
import type { TimeLimit } from "../support/deadline.js";
import { RemoteBackendError } from "../support/errors.js";

/**
 * Maximum total pause of one operation, and maximum time from the first failure of a call to its last attempt, in
 * milliseconds. The operation's deadline may come earlier.
 */
const RETRY_BUDGET_MS = 10_000;
/** First pauses before a retry, in milliseconds. The bound doubles with each further attempt. */
const FIRST_PAUSE_MS = { failure: 100, throttling: 500, conflict: 2 };
const MAX_PAUSE_MS = { failure: 1_000, throttling: 4_000, conflict: 1_000 };

/** Returns a pause with full jitter: random, up to a bound that doubles with each attempt, in milliseconds. */
const jittered = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** attempt);

/** Waits before another attempt against concurrent writers. At first briefly: no failing service needs to recover. */
export function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  return delay(jittered(attempt, FIRST_PAUSE_MS.conflict, MAX_PAUSE_MS.conflict), undefined, { signal });
}

/**
 * Returns the pause before a retry, in milliseconds. A pause that the service requested is extended by up to half, so
 * that its clients do not all return at once.
 */
export function pauseMs({ isThrottled, retryAfterMs }: RemoteBackendError, attempt: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs * (1 + Math.random() / 2);
  const kind = isThrottled ? "throttling" : "failure";
  return jittered(attempt, FIRST_PAUSE_MS[kind], MAX_PAUSE_MS[kind]);
}

/** Retries of one operation: its calls share one time budget, and each counts its own attempts. */
export class Retries {
  readonly #time: TimeLimit;
  readonly #maxAttempts: number;
  #spentMs = 0;
  /** Time of the first failure of the call that was last retried. */
  #since = 0;
  #lastFailure: RemoteBackendError | undefined;
  #failingSince: number | undefined;
  #givenUp: RemoteBackendError | undefined;

  /**
   * @param time Time limit of the operation. An attempt that would exceed it is not waited for.
   * @param maxAttempts Maximum attempts of one call, the first included. Default: as many as the budget allows.
   */
  constructor(time: TimeLimit, maxAttempts = Number.POSITIVE_INFINITY) {
    this.#time = time;
    this.#maxAttempts = maxAttempts;
  }

  /** Error of the last attempt that was retried. */
  get lastFailure(): RemoteBackendError | undefined {
    return this.#lastFailure;
  }

  /** Time of the first failure of an attempt, on the clock of `performance.now()`. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** Transient error after which a call was no longer retried. */
  get givenUp(): RemoteBackendError | undefined {
    return this.#givenUp;
  }

  /**
   * Waits before another attempt.
   * @param attempt Number of earlier failed attempts of the call.
   * @param isLook True if the next request only reads the result of an attempt. It is sent immediately, because other
   *   writers may push its write id out of the chain.
   * @throws The error itself if it is final or the budget is used up.
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

  /** Runs a read-only call until it succeeds or the budget is used up. */
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
