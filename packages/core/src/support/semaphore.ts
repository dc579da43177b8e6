/** Admits a bounded number of holders at a time, first come, first served. */
export class Semaphore {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param permits Maximum number of holders; may be infinite. */
  constructor(permits: number) {
    this.#free = permits;
  }

  /**
   * Acquires a permit, which `release` returns.
   * @param ms Maximum wait, in milliseconds. Default: unlimited.
   * @param signal Ends the wait early.
   * @returns `false` if no permit was available in time; a promise only if it has to wait.
   */
  acquire(ms?: number, signal?: AbortSignal): boolean | Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return new Promise((resolve) => {
      const settle = (isAdmitted: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        this.#waiting.delete(admit);
        resolve(isAdmitted);
      };
      const admit = () => settle(true);
      const giveUp = () => settle(false);
      const timer = ms === undefined ? undefined : setTimeout(giveUp, ms);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(admit);
    });
  }

  /** Returns a permit, to the longest waiting holder if there is one. */
  release(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#free++;
  }

  /** Runs a task while holding a permit. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const admission = this.acquire();
    if (admission !== true) await admission;
    try {
      return await task();
    } finally {
      this.release();
    }
  }
}
