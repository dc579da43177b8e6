import type { CallOptions, ServiceTime } from "@deepagents-remote/core/adapter";
import type { Database } from "../connection/database.js";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";

/** A `Date` drops the microseconds of the server. */
const TOLERANCE_MS = 1;

/** Reads the server's clock, which the times of rows come from. */
export async function readClock(database: Database, call: CallOptions): Promise<ServiceTime> {
  const [row] = await database.read(
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::text",
    [],
    until(call),
  );
  return { now: new Date(Number(text(row?.[0]))), toleranceMs: TOLERANCE_MS };
}
