import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "./errors.js";

/** How long an operation pauses in all between attempts, in milliseconds; its own time may end before. */
const RETRY_BUDGET_MS = 10_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/** Waits a random time up to a bound that doubles with each attempt, so that rivals spread out. */
export function backOff(attempt: number, signal: AbortSignal, first = FIRST_PAUSE_MS): Promise<void> {
  const bound = Math.min(LONGEST_PAUSE_MS, first * 2 ** attempt);
  return delay(Math.random() * bound, undefined, { signal });
}

/**
 * The retries of one operation: they share one budget, however many calls it makes.
 */
export class Retries {
  readonly #signal: AbortSignal;
  #spentMs = 0;
  #attempt = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Waits before another attempt.
   * @throws The error itself when it is final or the budget is used up.
   */
  async after(error: RemoteBackendError): Promise<void> {
    const transient = error.code === "unavailable" || error.code === "unknown-outcome";
    if (!transient || this.#spentMs >= RETRY_BUDGET_MS || this.#signal.aborted) throw error;
    const start = performance.now();
    await backOff(this.#attempt++, this.#signal);
    this.#spentMs += performance.now() - start;
  }

  /** Runs something that changes nothing until it succeeds or the budget is used up. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!RemoteBackendError.is(error)) throw error;
        await this.after(error);
      }
    }
  }
}
