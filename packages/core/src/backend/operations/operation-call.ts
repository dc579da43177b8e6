import type { CallOptions, Key } from "../../store/file-store.js";
import type { Origin } from "../../store/origin.js";
import type { TimeLimit } from "../../support/deadline.js";

/** Options that an operation passes to the store. Its signal is created on demand. */
export class OperationCall implements CallOptions {
  declare readonly signal: AbortSignal;
  readonly deadline: number;
  readonly root: Key;
  declare readonly origin?: Origin;
  readonly #time: TimeLimit;

  /**
   * @param root Root key of the tenant.
   * @param origin Origin of the changes that the operation makes.
   */
  constructor(time: TimeLimit, root: Key, origin?: Origin) {
    this.deadline = time.deadline;
    this.root = root;
    if (origin) this.origin = origin;
    this.#time = time;
    Object.defineProperty(this, "signal", OperationCall.#SIGNAL);
  }

  /** Defined on every instance, because a layer's `{ ...call }` copies only own properties. */
  static readonly #SIGNAL: PropertyDescriptor & ThisType<OperationCall> = {
    enumerable: true,
    get() {
      return this.#time.signal;
    },
  };

  /** Returns a copy with additional options. Unlike `{ ...call }`, it does not create the signal. */
  with<T extends object>(more: T): OperationCall & T {
    return Object.assign(new OperationCall(this.#time, this.root, this.origin), more);
  }
}
