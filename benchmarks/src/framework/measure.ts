import { createHash } from "node:crypto";
import { Bench } from "tinybench";
import type { Measurement, Result, Way, WayResult } from "./measurement.js";

const DEFAULT_ROUNDS = 7;

/** Time for which a fast way is repeated in each round, and that above which it runs once, in milliseconds. */
const ROUND_MS = 80;

/** Number of rounds of a measurement whose ways take seconds together. */
const SLOW = { ms: 4_000, rounds: 3 };

/** Time above which the first run of a way remains its only one, in milliseconds. */
const ONCE_MS = 2_000;

/** Reports what is being done. */
export type Log = (line: string) => void;

/**
 * Runs all ways in turns, because the speed of a machine varies over time. A way whose answer differs from that of the
 * first one is marked, so that a wrong answer is never fast.
 */
export async function measure(
  { id, title, ways, notRun = {}, rounds: wanted = DEFAULT_ROUNDS, traffic }: Measurement,
  log: Log,
): Promise<Result> {
  log(`${id}: ${title}`);
  const tried = [];
  for (const way of ways) tried.push(await tryOut(way, traffic));
  const reference = tried[0]!;
  if (reference.error) throw new Error(`${id}: ${reference.way.name}: ${reference.error}`);
  for (const { way, error, digest } of tried) {
    if (way.kind === "raw" && (error || digest !== reference.digest))
      throw new Error(`${id}: ${way.name} and ${reference.way.name} differ: ${error ?? "other answers"}`);
  }
  const running = tried.filter(({ error, ms }) => error === undefined && ms <= ONCE_MS);
  const total = running.reduce((sum, { ms }) => sum + Math.max(ms, ROUND_MS), 0);
  const count = total > SLOW.ms ? Math.min(wanted, SLOW.rounds) : wanted;
  const rounds: number[][] = running.map(() => []);
  for (let round = 0; round < count; round++) {
    // Alternates the order, so that no way always follows the same other one.
    const order = [...running.entries()];
    for (const [i, { way, ms }] of round % 2 === 0 ? order : order.toReversed()) {
      rounds[i]!.push(await medianOf(way, ms));
    }
  }
  const results = tried.map((one): WayResult => {
    const { way, ms, error, digest, counted } = one;
    return {
      name: way.name,
      kind: way.kind,
      rounds: rounds[running.indexOf(one)] ?? (error === undefined ? [ms] : []),
      answer: error ?? (digest === reference.digest ? "same" : "different"),
      ...(counted && { traffic: counted }),
    };
  });
  return { id, title, unit: "ms", ways: results, notRun };
}

/** Runs a way twice, as a warm-up; the second run is timed and its traffic counted. A very slow way runs once. */
async function tryOut(way: Way, traffic: Measurement["traffic"]) {
  try {
    const counted = {
      ...way,
      run() {
        traffic?.();
        return way.run();
      },
    };
    let { ms, result } = await timed(counted);
    if (ms <= ONCE_MS) ({ ms, result } = await timed(counted));
    return {
      way,
      ms,
      counted: traffic?.(),
      digest: digestOf(way.answer ? await way.answer() : result),
      error: undefined,
    };
  } catch (error) {
    return { way, ms: 0, counted: undefined, digest: "", error: messageOf(error) };
  }
}

/** Returns the first line of an error. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 200);

async function timed({ run, before }: Way): Promise<{ ms: number; result: unknown }> {
  await before?.();
  const start = performance.now();
  const result = await run();
  return { ms: performance.now() - start, result };
}

const digestOf = (answer: unknown): string =>
  createHash("sha256")
    .update(answer instanceof Uint8Array ? answer : (JSON.stringify(answer) ?? ""))
    .digest("hex");

async function medianOf(way: Way, ms: number): Promise<number> {
  const { name, run } = way;
  if (way.before) return (await timed(way)).ms;
  const limits = ms > ROUND_MS ? { time: 0, iterations: 1 } : { time: ROUND_MS, iterations: 3 };
  const bench = new Bench({ ...limits, warmup: false, throws: true });
  bench.add(name, async () => void (await run()));
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
  return result.latency.p50;
}
