import { RemoteBackendError } from "../support/errors.js";
import { type CallTime, isLate } from "../support/pace.js";

/** Maximum bytes of files that one store encodes and decodes concurrently; a larger file is processed alone. */
const CAPACITY = 64 * 1024 * 1024;

/** Files up to this size are not counted, as many of them do no harm. */
const SMALL = 1024 * 1024;

/** Bounds the memory of concurrent operations, by the bytes of the large files that they process. */
export class ByteBudget {
  readonly #capacity: number;
  #free: number;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#free = capacity;
  }

  /**
   * Runs a task once there is room for its file, in order of arrival. A task must not wait for another one.
   * @throws RemoteBackendError `timeout` if the call's deadline passes first.
   */
  async run<T>(bytes: number, options: CallTime, task: () => Promise<T>): Promise<T> {
    if (bytes <= SMALL) return task();
    const taken = Math.min(bytes, this.#capacity);
    await this.#take(taken);
    try {
      if (isLate(options)) throw new RemoteBackendError("timeout", "The operation timed out.");
      return await task();
    } finally {
      this.#free += taken;
      this.#startNext();
    }
  }

  #take(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && bytes <= this.#free) {
      this.#free -= bytes;
      return undefined;
    }
    return new Promise((start) => this.#waiting.push({ bytes, start }));
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.bytes;
      this.#waiting.shift();
      next.start();
    }
  }
}
