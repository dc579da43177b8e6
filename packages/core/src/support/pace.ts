import { RemoteBackendError } from "./errors.js";

/** Time limit of a call; without either property it has none. */
export interface CallTime {
  readonly signal?: AbortSignal;
  /** On the clock of `performance.now()`. */
  readonly deadline?: number | undefined;
}

/** Items of a loop between two turns of the event loop, at most. */
const SLICE_ITEMS = 1_000;
/** The same in milliseconds, for items that take long. */
const SLICE_MS = 10;

/**
 * Paces a loop over many files: it lets timers and other operations run, and ends the loop when its operation is out of
 * time.
 */
export class Pace {
  readonly #call: CallTime;
  #items = 0;
  #sliceEnd = performance.now() + SLICE_MS;

  /** @param call The call that the loop works for. */
  constructor(call: CallTime) {
    this.#call = call;
  }

  /**
   * Called for each item. Most calls return `undefined`, which saves awaiting a promise.
   * @returns A promise that resolves in a later turn of the event loop, and rejects with a `RemoteBackendError`
   *   `timeout` when the call's time is up.
   */
  step(): Promise<void> | undefined {
    this.#items += 1;
    if (this.#items < SLICE_ITEMS && performance.now() < this.#sliceEnd) return undefined;
    return this.#turn();
  }

  async #turn(): Promise<void> {
    await nextTurn(this.#call);
    this.#items = 0;
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}

/**
 * Resolves in a later turn of the event loop, so that timers and other operations run.
 * @throws RemoteBackendError `timeout` when the call's time is up.
 */
export async function nextTurn(call: CallTime = {}): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (isLate(call)) throw new RemoteBackendError("timeout", "The time of the operation is up.");
}

/** True when the time of a call is up. Prefers the deadline, because making an AbortSignal takes time. */
export function isLate(call: CallTime): boolean {
  return call.deadline === undefined ? call.signal?.aborted === true : performance.now() >= call.deadline;
}

/** `items.filter(accept)`, paced: `accept` may be a glob that a model wrote. */
export async function filterPaced<T>(
  items: readonly T[],
  accept: (item: T) => boolean,
  call: CallTime,
): Promise<T[]> {
  const pace = new Pace(call);
  const accepted: T[] = [];
  for (const item of items) {
    if (accept(item)) accepted.push(item);
    const turn = pace.step();
    if (turn) await turn;
  }
  return accepted;
}
