import type { Moment } from "../../store/file-store.js";
import type { OperationContext } from "./operation.js";

/** Readings of the service's clock; each narrows the bounds, whose distance is the time of the fastest request. */
const READINGS = 3;

/**
 * Finds out when something happened on the service's clock. It is asked afterwards and not before, so that an operation
 * without a lost answer does not pay for it.
 * @param at `performance.now()` of that moment.
 * @returns `undefined` for a store without a clock.
 */
export async function momentOf(
  { store, call, retries }: OperationContext,
  at: number,
): Promise<Moment | undefined> {
  if (!store.clock) return undefined;
  let earliest = Number.NEGATIVE_INFINITY;
  let latest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < READINGS; i++) {
    let before = 0;
    const { now, toleranceMs } = await retries.run(() => {
      before = performance.now();
      return store.clock!(call);
    });
    const after = performance.now();
    earliest = Math.max(earliest, now.getTime() - (after - at) - toleranceMs);
    latest = Math.min(latest, now.getTime() - (before - at) + toleranceMs);
  }
  return { earliest: new Date(Math.floor(earliest)), latest: new Date(Math.ceil(latest)) };
}
