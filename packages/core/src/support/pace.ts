import { RemoteBackendError } from "./errors.js";

/** Time limit of a call; unlimited without either property. */
export interface CallTime {
  readonly signal?: AbortSignal;
  /** Time of the deadline on the clock of `performance.now()`. */
  readonly deadline?: number | undefined;
}

/** Maximum number of loop items between two turns of the event loop. */
const SLICE_ITEMS = 1_000;
/** Maximum time between two turns of the event loop, in milliseconds, for slow items. */
const SLICE_MS = 10;

/**
 * Paces a loop over many files: it lets timers and other operations run, and ends the loop at the operation's deadline.
 */
export class Pace {
  readonly #options: CallTime;
  #items = 0;
  #sliceEnd = performance.now() + SLICE_MS;

  /** @param options Time limit of the call on whose behalf the loop runs. */
  constructor(options: CallTime) {
    this.#options = options;
  }

  /**
   * Called for each item. Most calls return `undefined`, which saves awaiting a promise.
   * @returns A promise that resolves in a later turn of the event loop, and rejects with a `RemoteBackendError`
   *   `timeout` after the call's deadline.
   */
  step(): Promise<void> | undefined {
    this.#items += 1;
    if (this.#items < SLICE_ITEMS && performance.now() < this.#sliceEnd) return undefined;
    return this.#turn();
  }

  async #turn(): Promise<void> {
    await nextTurn(this.#options);
    this.#items = 0;
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}

/**
 * Resolves in a later turn of the event loop, so that timers and other operations run.
 * @throws RemoteBackendError `timeout` after the call's deadline.
 */
export async function nextTurn(options: CallTime = {}): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (isLate(options)) throw new RemoteBackendError("timeout", "The operation timed out.");
}

/** True after the deadline of a call. Prefers `deadline`, because creating an AbortSignal is measurable. */
export function isLate(options: CallTime): boolean {
  return options.deadline === undefined
    ? options.signal?.aborted === true
    : performance.now() >= options.deadline;
}

/** Paced `items.filter(accept)`: `accept` may be a glob that a model wrote. */
export async function filterPaced<T>(
  items: readonly T[],
  accept: (item: T) => boolean,
  options: CallTime,
): Promise<T[]> {
  const pace = new Pace(options);
  const accepted: T[] = [];
  for (const item of items) {
    if (accept(item)) accepted.push(item);
    const turn = pace.step();
    if (turn) await turn;
  }
  return accepted;
}
