import { Bench } from "tinybench";

/** Several ways to do the same work. The first is the baseline. */
export interface Comparison {
  readonly title: string;
  readonly ways: Readonly<Record<string, () => Promise<unknown>>>;
  /** Number of rounds in which the ways take turns. Default: 9. */
  readonly rounds?: number;
  /** Milliseconds for which a way is repeated in each round; 0 for once. Default: 150, and at least 5 times. */
  readonly time?: number;
}

/** A row of the table. */
export interface Measured {
  readonly title: string;
  readonly way: string;
  readonly "median ms": string;
  readonly ratio: string;
}

/** Time without a line of output after which a comparison reports its progress, in milliseconds. */
const SIGN_OF_LIFE_MS = 5_000;

/**
 * Runs the ways in turns, because the speed of a machine varies over time. Returns the median of the round medians, and
 * the median ratio to the baseline.
 */
export async function compare({
  title,
  ways,
  rounds: count = 9,
  time = 150,
}: Comparison): Promise<Measured[]> {
  const numbered = Object.entries(ways).map(([way, run], i) => ({ name: `${title}, ${way}`, run, i }));
  const rounds: number[][] = [];
  console.log(`${title} ...`);
  let reported = performance.now();
  for (let round = 0; round <= count; round++) {
    const medians: number[] = [];
    // Alternates the order, so that no way always follows the same other one.
    for (const { name, run, i } of round % 2 === 0 ? numbered : numbered.toReversed()) {
      medians[i] = await medianOf(name, run, time);
    }
    // The first round is a warm-up.
    if (round > 0) rounds.push(medians);
    if (performance.now() - reported > SIGN_OF_LIFE_MS && round < count) {
      console.log(`${title}: ${round + 1} of ${count + 1} rounds`);
      reported = performance.now();
    }
  }
  return Object.keys(ways).map((way, i) => ({
    title,
    way,
    "median ms": median(rounds.map((medians) => medians[i]!)).toFixed(2),
    ratio: median(rounds.map((medians) => medians[i]! / medians[0]!)).toFixed(2),
  }));
}

async function medianOf(name: string, run: () => Promise<unknown>, time: number): Promise<number> {
  const bench = new Bench({ time, iterations: time === 0 ? 1 : 5, warmup: false, throws: true });
  bench.add(name, async () => void (await run()));
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
  return result.latency.p50;
}

/** Returns the upper median. */
export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
