/**
 * Compares the backends with plain calls that do the same work, and with other backends: `npm run bench` in the root, or `npm run bench history`
 * for some of the measurements.
 */
import { measureHistory } from "./history.js";
import { measurePeers } from "./peers/main.js";
import { measurePostgres } from "./postgres.js";
import { measureS3 } from "./s3.js";

const measurements = {
  postgres: measurePostgres,
  s3: measureS3,
  history: measureHistory,
  peers: measurePeers,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  console.error(`There is no '${unknown[0]}'; the measurements are ${Object.keys(measurements).join(", ")}.`);
  process.exit(2);
}
const table = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (names.length === 0 || names.includes(name)) table.push(...(await measure()));
}
console.table(table);
