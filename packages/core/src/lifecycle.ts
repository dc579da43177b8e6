import { withDeadline } from "./deadline.js";
import { RemoteBackendError } from "./errors.js";
import type { FileStore } from "./store.js";

/** Opening and closing of one store, shared by all backends over it. */
export class Lifecycle {
  readonly #store: FileStore;
  #running = 0;
  /** Called when the last operation has ended. */
  #idle = () => {};
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #closing: Promise<void> | undefined;

  constructor(store: FileStore) {
    this.#store = store;
  }

  /**
   * Opens the store once; callers at the same time share the attempt, callers after a failed one start another.
   * @param timeoutMs How long an attempt may take.
   */
  open(timeoutMs: number): Promise<void> {
    this.#assertOpen();
    this.#opening ??= this.#open(timeoutMs).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(timeoutMs: number): Promise<void> {
    const late = () =>
      new RemoteBackendError("timeout", `The storage did not answer within ${timeoutMs} ms.`);
    await withDeadline(timeoutMs, late, async ({ signal }) => this.#store.open?.({ signal }));
    this.#isOpen = true;
  }

  /** Whether `open` has nothing left to do. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs an operation that `close()` will wait for. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    this.#running++;
    try {
      return await operation();
    } finally {
      this.#running--;
      if (this.#running === 0) this.#idle();
    }
  }

  /** Refuses new operations, waits for those that run, then closes the store. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#opening?.catch(() => {});
    await this.#store.close?.();
  }

  #assertOpen(): void {
    if (this.#closing) throw new RemoteBackendError("closed", "The backend was closed; construct a new one.");
  }
}
