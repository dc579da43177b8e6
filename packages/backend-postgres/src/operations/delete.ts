import type { Call, Key, Moment } from "@deepagents-remote/core/adapter";
import type { Database } from "../connection/database.js";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import type { Table } from "../rows/table.js";
import { prefixRange } from "./prefix-range.js";

const remove = (table: Table, condition: string) => `
WITH gone AS (DELETE FROM ${table.name} AS f WHERE ${condition} RETURNING 1)
SELECT count(*)::text FROM gone`;

/** Paths of files that stay because they may be newer than the removal. They are told, up to this many. */
const MAX_LEFT = 1_000;

const time = (parameter: number) => `to_timestamp($${parameter}::float8 / 1000)`;

/** @param first Number of the first of two parameters: the bounds of the time when it was asked for, in milliseconds. */
const removeOlder = (table: Table, condition: string, first: number) => `
WITH gone AS (
  DELETE FROM ${table.name} AS f WHERE (${condition}) AND f.created_at < ${time(first)} RETURNING 1
), unclear AS (
  SELECT f.path FROM ${table.name} AS f
  WHERE (${condition}) AND f.created_at >= ${time(first)} AND f.created_at < ${time(first + 1)}
  LIMIT ${MAX_LEFT})
SELECT (SELECT count(*) FROM gone)::text, (SELECT coalesce(json_agg(path), '[]') FROM unclear)::text`;

/**
 * Removes a file, everything below it, or both, in one statement.
 * @param call `asked`: see `FileStore.remove`.
 */
export async function removeFiles(
  database: Database,
  table: Table,
  key: Key,
  call: Call & { what: "file" | "below" | "both"; asked?: Moment },
): Promise<{ removed: number; left: readonly Key[] }> {
  const { what, asked } = call;
  const self = "f.path = $1::text";
  const below = prefixRange(key === "" ? "" : `${key}/`, what === "both" ? 2 : 1);
  const [condition, parameters] = {
    file: [self, [key]] as const,
    below: [below.condition, below.parameters] as const,
    both: [`${self} OR (${below.condition})`, [key, ...below.parameters]] as const,
  }[what];
  const [row] = asked
    ? await database.write(
        removeOlder(table, condition, parameters.length + 1),
        [...parameters, String(asked.earliest.getTime()), String(asked.latest.getTime())],
        until(call),
      )
    : await database.write(remove(table, condition), parameters, until(call));
  return { removed: Number(text(row?.[0])), left: JSON.parse(text(row?.[1]) ?? "[]") };
}
