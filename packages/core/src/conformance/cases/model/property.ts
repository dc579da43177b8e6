import type { Arbitrary } from "fast-check";
import { ConformanceFailure } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { NotTried } from "../../not-tried.js";
import { loadOptional } from "../../optional-package.js";
import { DEFAULT_TIMEOUT_MS } from "../../run-case.js";

/** Package that generates random values and shrinks failing ones. */
export type FastCheck = typeof import("fast-check");

/** Number of sequences per case, operations per sequence, and the random seed. */
const DEFAULTS = { runs: 20, steps: 25, seed: 1 };

/** Fraction of a case's time during which a failure may be shrunk. */
const TIME_TO_SHORTEN = 0.7;

/** Property that must hold for all values of a kind. */
export interface Property<T> {
  /** @param steps Maximum number of operations. */
  values(fc: FastCheck, steps: number): Arbitrary<T>;
  /**
   * Tests one value.
   * @param directory Empty directory of its own.
   * @param calls Receives the calls made.
   * @throws ConformanceFailure if the property does not hold.
   */
  holds(value: T, directory: string, calls: string[]): Promise<void>;
  /** True if a failure is deterministic, so that it can be shrunk. Default true. */
  readonly repeatable?: boolean;
}

/**
 * Fails with the shortest value found for which the property does not hold, and with the options to repeat it.
 * @throws NotTried if fast-check is not installed.
 */
export async function tryProperty<T>(t: CaseContext, property: Property<T>): Promise<void> {
  const fc = await loadFastCheck();
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

/** The optional peer accepts any version, so that no production install depends on a test library. */
async function loadFastCheck(): Promise<FastCheck> {
  const fc = await loadOptional<FastCheck>("fast-check");
  if (Number.parseInt(fc.__version, 10) >= 4) return fc;
  const reason = `fast-check ${fc.__version} is too old: npm install --save-dev fast-check@4`;
  throw new NotTried({ status: "unavailable", reason });
}
