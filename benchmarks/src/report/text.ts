import type { Result, WayResult } from "../framework/measurement.js";
import { ratio, type Spread, spread } from "../framework/statistics.js";

/** Returns a number with three significant digits at most. */
export const short = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));

/** Returns the ratio of a way's figures to those of the first way. */
const toFirst = ({ ways }: Result, way: WayResult): Spread => ratio(way.rounds, ways[0]!.rounds);

/** Returns one line per contender, with its ratio to the first one. */
export function printed(result: Result): string {
  const lines = result.ways.map((way) => {
    const name = `  ${way.name.padEnd(32)}`;
    if (way.rounds.length === 0) return `${name} failed: ${way.answer}`;
    const { median, low, high } = spread(way.rounds);
    const to = toFirst(result, way);
    return [
      name,
      `${short(median)} ${result.unit} (${short(low)} to ${short(high)})`.padEnd(32),
      `${short(to.median)} x (${short(to.low)} to ${short(to.high)})`,
      way.answer === "same" ? "" : ` another answer`,
    ].join("");
  });
  const others = Object.entries(result.notRun).map(([name, why]) => `  ${name.padEnd(32)} not run: ${why}`);
  return [...lines, ...others].join("\n");
}
