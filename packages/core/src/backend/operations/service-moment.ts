import type { TimeRange } from "../../store/file-store.js";
import type { OperationContext } from "./operation.js";

/** Number of clock readings. Each one narrows the bounds, down to the duration of the fastest request. */
const READINGS = 3;

/**
 * Determines when something happened on the service's clock. The clock is read afterwards, so that operations without a
 * lost answer do not pay for it.
 * @param at `performance.now()` of that moment.
 * @returns `undefined` for a store without a clock.
 */
export async function momentOf(
  { store, call, retries }: OperationContext,
  at: number,
): Promise<TimeRange | undefined> {
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
