import type { CallOptions, Key } from "../../store/file-store.js";
import type { TimeLimit } from "../../support/deadline.js";

/** What an operation hands to the store. Its signal is made when somebody asks for it. */
export class OperationCall implements CallOptions {
  declare readonly signal: AbortSignal;
  readonly deadline: number;
  readonly root: Key;
  readonly #time: TimeLimit;

  /** @param root The tenant's root. */
  constructor(time: TimeLimit, root: Key) {
    this.deadline = time.deadline;
    this.root = root;
    this.#time = time;
    Object.defineProperty(this, "signal", OperationCall.#SIGNAL);
  }

  /** Every call has this property for its own, because a layer's `{ ...call }` takes no others along. */
  static readonly #SIGNAL: PropertyDescriptor & ThisType<OperationCall> = {
    enumerable: true,
    get() {
      return this.#time.signal;
    },
  };

  /** The same call with more in it; `{ ...call }` would ask for its signal. */
  with<T extends object>(more: T): OperationCall & T {
    return Object.assign(new OperationCall(this.#time, this.root), more);
  }
}
