import { createHash } from "node:crypto";
import { Bench } from "tinybench";
import type { Measurement, Result, Way, WayResult } from "./measurement.js";

const DEFAULT_ROUNDS = 7;

/** Time for which a fast way is repeated in each round, and that above which it runs once, in milliseconds. */
const ROUND_MS = 80;

/** Number of rounds of a measurement whose ways take seconds together. */
const SLOW = { ms: 4_000, rounds: 3 };

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
  const running = tried.filter(({ error }) => error === undefined);
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
    const { way, error, digest, counted } = one;
    return {
      name: way.name,
      kind: way.kind,
      rounds: rounds[running.indexOf(one)] ?? [],
      answer: error ?? (digest === reference.digest ? "same" : "different"),
      ...(counted && { traffic: counted }),
    };
  });
  return { id, title, unit: "ms", ways: results, notRun };
}

/** Runs a way twice, as a warm-up; the second run is timed and its traffic counted. */
async function tryOut(way: Way, traffic: Measurement["traffic"]) {
  try {
    await way.run();
    traffic?.();
    const start = performance.now();
    const result = await way.run();
    const ms = performance.now() - start;
    const counted = traffic?.();
    return { way, ms, counted, digest: digestOf(way.answer ? await way.answer() : result), error: undefined };
  } catch (error) {
    return { way, ms: 0, counted: undefined, digest: "", error: messageOf(error) };
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 200);

const digestOf = (answer: unknown): string =>
  createHash("sha256")
    .update(answer instanceof Uint8Array ? answer : (JSON.stringify(answer) ?? ""))
    .digest("hex");

async function medianOf({ name, run }: Way, ms: number): Promise<number> {
  const limits = ms > ROUND_MS ? { time: 0, iterations: 1 } : { time: ROUND_MS, iterations: 3 };
  const bench = new Bench({ ...limits, warmup: false, throws: true });
  bench.add(name, async () => void (await run()));
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
  return result.latency.p50;
}
