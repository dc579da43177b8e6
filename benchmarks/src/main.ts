/**
 * Compares the backends with plain clients and with other backends that do the same work: `npm run bench` in the root.
 *
 * npm run bench -- [--quick] [--resume] [filter ...]
 *
 * A filter is a part of a measurement's id, such as `postgres/`, `grep` or `s3-10ms/edit`. A run that ends with results of
 * all measurements, earlier ones included, writes `docs/performance.md`, its plots, and the table of the README.
 */
import { parseArgs } from "node:util";
import type { Result } from "./framework/measurement.js";
import { resultsIn } from "./framework/results.js";
import { QUICK, SIZES } from "./framework/sizes.js";
import { printed } from "./report/text.js";
import { writeReport } from "./report/write.js";
import { agents } from "./suites/agents.js";
import { growth } from "./suites/growth.js";
import { history } from "./suites/history.js";
import { large } from "./suites/large.js";
import { postgres } from "./suites/postgres.js";
import { s3 } from "./suites/s3.js";

const SUITES = [postgres, agents, growth, large, s3, history];

const { values: flags, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, resume: { type: "boolean" } },
});
const sizes = flags.quick ? QUICK : SIZES;

const selected = (id: string) => filters.length === 0 || filters.some((filter) => id.includes(filter));
const suites = SUITES.map((suite) => ({ ...suite, all: suite.ids(sizes).filter(selected) }));
const total = suites.reduce((sum, { all }) => sum + all.length, 0);
if (total === 0) {
  const ids = SUITES.flatMap((suite) => suite.ids(sizes));
  console.error(`No measurement is named like ${filters.join(" or ")}. There are:\n${ids.join("\n")}`);
  process.exit(2);
}

const results = resultsIn(flags.quick ? "quick" : "full");
if (!flags.resume) await results.clear();
const finished = new Map((await results.read()).map((result) => [result.id, result]));
const wanted = (id: string) => selected(id) && !finished.has(id);

const started = performance.now();
const log = (line: string) => {
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}] ${line}`);
};
const keep = async (result: Result) => {
  finished.set(result.id, result);
  await results.keep(result);
  const done = suites.flatMap(({ all }) => all).filter((id) => finished.has(id)).length;
  console.log(`${printed(result)}\n(${done} of ${total})`);
};
for (const suite of suites) {
  if (suite.all.some(wanted)) await suite.run({ sizes, log, wanted, keep });
}

const all = SUITES.flatMap((suite) => suite.ids(sizes));
if (!flags.quick && all.every((id) => finished.has(id))) {
  await writeReport(all.map((id) => finished.get(id)!));
  log("wrote docs/performance.md");
}
