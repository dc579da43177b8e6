import type { CallOptions, ServiceTime } from "@deepagents-remote/core/adapter";
import type { Database } from "../connection/database.js";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";

/** Tolerance for the server's microseconds, which a `Date` drops. */
const TOLERANCE_MS = 1;

/** Reads the server's clock, which also sets the times of rows. */
export async function readClock(database: Database, options: CallOptions): Promise<ServiceTime> {
  const [row] = await database.read(
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::text",
    [],
    until(options),
  );
  return { now: new Date(Number(text(row?.[0]))), toleranceMs: TOLERANCE_MS };
}
