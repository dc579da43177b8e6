/** Center and spread of a sample. */
export interface Spread {
  readonly median: number;
  /** Lower and upper quartile. */
  readonly low: number;
  readonly high: number;
}

/** Returns the median and the quartiles (nearest rank) of a sample that is not empty. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Returns the spread of the ratios of two samples that were taken in the same rounds; a single value is taken for all. */
export function ratio(numerators: readonly number[], denominators: readonly number[]): Spread {
  const rounds = Math.max(numerators.length, denominators.length);
  const at = (values: readonly number[], round: number) => values[Math.min(round, values.length - 1)]!;
  return spread(
    Array.from({ length: rounds }, (_, round) => at(numerators, round) / at(denominators, round)),
  );
}
