import { setTimeout as delay } from "node:timers/promises";
import type { TimeLimit } from "./deadline.js";
import { RemoteBackendError } from "./errors.js";

/** How long an operation pauses in all between attempts, in milliseconds; its own time may end before. */
const RETRY_BUDGET_MS = 10_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/** A random time up to a bound that doubles with each attempt, so that rivals spread out; in milliseconds. */
const pauseMs = (attempt: number, firstMs: number): number =>
  Math.random() * Math.min(LONGEST_PAUSE_MS, firstMs * 2 ** attempt);

/** Waits before another attempt against rivals. */
export function backOff(attempt: number, signal: AbortSignal, firstMs: number): Promise<void> {
  return delay(pauseMs(attempt, firstMs), undefined, { signal });
}

/** The retries of one operation: its calls share one budget of time, and have their own numbers of attempts. */
export class Retries {
  readonly #time: TimeLimit;
  readonly #maxAttempts: number;
  #spentMs = 0;
  #lastFailure: RemoteBackendError | undefined;

  /**
   * @param time Of the operation: no attempt is waited for that would come after it.
   * @param maxAttempts Of one call, the first included. Default: what the time allows.
   */
  constructor(time: TimeLimit, maxAttempts = Number.POSITIVE_INFINITY) {
    this.#time = time;
    this.#maxAttempts = maxAttempts;
  }

  /** Why the last attempt that was repeated had failed. */
  get lastFailure(): RemoteBackendError | undefined {
    return this.#lastFailure;
  }

  /**
   * Waits before another attempt.
   * @param attempt How many of the call failed before this one.
   * @throws The error itself when it is final or the budget is used up.
   */
  async after(error: RemoteBackendError, attempt: number): Promise<void> {
    const transient = error.code === "unavailable" || error.code === "unknown-outcome";
    const pause = pauseMs(attempt, FIRST_PAUSE_MS);
    const isLast =
      attempt + 1 >= this.#maxAttempts ||
      this.#spentMs + pause > RETRY_BUDGET_MS ||
      performance.now() + pause >= this.#time.deadline;
    if (!transient || isLast) throw error;
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
