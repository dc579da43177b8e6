import { setMaxListeners } from "node:events";

/** Deadline with a lazily created AbortSignal. */
export class TimeLimit {
  /** Time of the deadline on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number;
  #controller: AbortController | undefined;
  #error: Error | undefined;

  /** @param ms Time from now, in milliseconds. */
  constructor(ms: number) {
    this.deadline = performance.now() + ms;
  }

  /**
   * Signal that is aborted at the deadline. Created on first use, because that takes a tenth of the time of a small
   * statement.
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // A store may send many requests at once, so many listeners are not a leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.#error) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  /** Aborts the signal, even if it is created only later. */
  expire(error: Error): void {
    this.#error = error;
    this.#controller?.abort(error);
  }
}

/**
 * Rejects with `late()` after `ms`, whether or not `run` observes the signal.
 * @param ms Time limit in milliseconds.
 * @param late Creates the error for the rejection and the signal.
 * @param options `ref: false` if the timer should not keep the process alive.
 */
export function withDeadline<T>(
  ms: number,
  late: () => Error,
  run: (time: TimeLimit) => Promise<T>,
  { ref = true }: { readonly ref?: boolean } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const time = new TimeLimit(ms);
    const timer = setTimeout(() => {
      const error = late();
      time.expire(error);
      reject(error);
    }, ms);
    if (!ref) timer.unref();
    const ended =
      <V>(settle: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        settle(value);
      };
    run(time).then(ended(resolve), ended(reject));
  });
}
