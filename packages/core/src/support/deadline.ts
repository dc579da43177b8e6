import { setMaxListeners } from "node:events";

/** The time that something has. */
export class TimeLimit {
  /** When it is up, as `performance.now()` tells it, in milliseconds. */
  readonly deadline: number;
  #controller: AbortController | undefined;
  #error: Error | undefined;

  /** @param ms Time from now on, in milliseconds. */
  constructor(ms: number) {
    this.deadline = performance.now() + ms;
  }

  /** Aborted when it is up. Made when it is first asked for: making one takes a tenth of the time of a small statement. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // A store may send many requests at once, which is no leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.#error) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  /** Aborts the signal, also where it is asked for only later. */
  expire(error: Error): void {
    this.#error = error;
    this.#controller?.abort(error);
  }
}

/**
 * Runs something that gets a bounded time, even if it does not look at it.
 * @param ms Time in milliseconds.
 * @param late Makes the error to reject with, and to abort the signal with, when the time is up.
 * @param options `ref: false` if waiting for it should not keep the process alive.
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
