import { Bench } from "tinybench";

/** One thing done in several ways, of which the first is the measure. */
export interface Comparison {
  readonly title: string;
  readonly ways: Readonly<Record<string, () => Promise<unknown>>>;
}

/** A line of the table. */
export interface Measured {
  readonly title: string;
  readonly way: string;
  readonly "median ms": string;
  readonly ratio: string;
}

/** Runs the ways side by side, and gives their medians and what they are to the first. */
export async function compare({ title, ways }: Comparison): Promise<Measured[]> {
  const bench = new Bench({ time: 1_000, iterations: 10, warmupTime: 200, throws: true });
  for (const [way, run] of Object.entries(ways)) bench.add(way, async () => void (await run()));
  await bench.run();
  const medians = bench.tasks.map(({ name, result }) => {
    if (result.state !== "completed") throw new Error(`${title}, ${name}: ${result.state}`);
    return { way: name, median: result.latency.p50 };
  });
  return medians.map(({ way, median }) => ({
    title,
    way,
    "median ms": median.toFixed(2),
    ratio: (median / medians[0]!.median).toFixed(2),
  }));
}
