import type { Arbitrary } from "fast-check";
import { ConformanceFailure } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { loadOptional } from "../../optional-package.js";
import { DEFAULT_TIMEOUT_MS } from "../../run-case.js";

/** The package that makes random values and finds the shortest that fail. */
export type FastCheck = typeof import("fast-check");

/** Sequences a case, operations a sequence, and where their randomness starts. */
const DEFAULTS = { runs: 20, steps: 25, seed: 1 };

/** The part of a case's time in which a failure may still be made shorter. */
const TIME_TO_SHORTEN = 0.7;

/** What holds for all values of a kind. */
export interface Property<T> {
  /** @param steps Operations at most. */
  values(fc: FastCheck, steps: number): Arbitrary<T>;
  /**
   * Tries one value.
   * @param directory Its own, and empty.
   * @param calls Gets the calls made.
   * @throws ConformanceFailure when the property does not hold.
   */
  holds(value: T, directory: string, calls: string[]): Promise<void>;
  /** Whether a failure fails again, and may thus be made shorter. Default true. */
  readonly repeatable?: boolean;
}

/**
 * Fails with the shortest value found for which the property does not hold, and with what repeats it.
 * @throws NotTried when fast-check is not installed.
 */
export async function tryProperty<T>(t: CaseContext, property: Property<T>): Promise<void> {
  const fc = await loadOptional<FastCheck>("fast-check");
  const { model = {}, timeoutMs = DEFAULT_TIMEOUT_MS } = t.options;
  const { runs = DEFAULTS.runs, steps = DEFAULTS.steps, seed = DEFAULTS.seed, path } = model;
  const end = performance.now() + TIME_TO_SHORTEN * timeoutMs;
  const { repeatable = true } = property;
  let found: { readonly error: unknown; readonly calls: readonly string[] } | undefined;
  let number = 0;

  const predicate = async (value: T) => {
    if (t.signal.aborted || (found && performance.now() > end)) return;
    const calls: string[] = [];
    number += 1;
    try {
      await property.holds(value, t.at(`/${number}`), calls);
    } catch (error) {
      found = { error, calls };
      throw error;
    }
  };
  const { failed, counterexamplePath } = await fc.check(
    fc.asyncProperty(property.values(fc, steps), predicate),
    {
      seed,
      numRuns: runs,
      unbiased: true,
      endOnFailure: !repeatable,
      ...(path !== undefined && { path }),
    },
  );
  if (!failed || !found) return;
  const { error, calls } = found;
  if (!(error instanceof ConformanceFailure)) throw error;
  const again = `{ seed: ${seed}, path: "${counterexamplePath}", steps: ${steps} }`;
  const what = `${error.what}, after random calls that the option \`model: ${again}\` repeats`;
  throw new ConformanceFailure(what, error.expected, error.got, calls);
}
