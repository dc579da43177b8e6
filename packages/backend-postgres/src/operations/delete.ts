import type { DeleteOptions, DeleteOutcome, Key } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import type { Table, TableNames } from "../rows/table.js";
import { prefixRange } from "./prefix-range.js";

const deleteAll = (table: TableNames, condition: string) => `
WITH gone AS (DELETE FROM ${table.name} AS f WHERE ${condition} RETURNING 1)
SELECT count(*)::text FROM gone`;

/** Maximum number of reported paths of files that are kept because they may be newer than the deletion. */
const MAX_FAILED = 1_000;

const time = (parameter: number) => `to_timestamp($${parameter}::float8 / 1000)`;

/** @param first Number of the first of two parameters: bounds of the time of the first request, in milliseconds. */
const deleteOlder = (table: TableNames, condition: string, first: number) => `
WITH gone AS (
  DELETE FROM ${table.name} AS f WHERE (${condition}) AND f.created_at < ${time(first)} RETURNING 1
), unclear AS (
  SELECT f.path FROM ${table.name} AS f
  WHERE (${condition}) AND f.created_at >= ${time(first)} AND f.created_at < ${time(first + 1)}
  LIMIT ${MAX_FAILED})
SELECT (SELECT count(*) FROM gone)::text, (SELECT coalesce(json_agg(path), '[]') FROM unclear)::text`;

/** Deletes a file, its descendants, or both, in one statement. See `FileStore.delete`. */
export async function deleteFiles(table: Table, key: Key, options: DeleteOptions): Promise<DeleteOutcome> {
  const { scope, requestedAt } = options;
  const self = "f.path = $1::text";
  const below = prefixRange(key === "" ? "" : `${key}/`, scope === "all" ? 2 : 1);
  const [condition, parameters] = {
    file: [self, [key]] as const,
    descendants: [below.condition, below.parameters] as const,
    all: [`${self} OR (${below.condition})`, [key, ...below.parameters]] as const,
  }[scope];
  const [row] = requestedAt
    ? await table.database.write(
        deleteOlder(table, condition, parameters.length + 1),
        [...parameters, String(requestedAt.earliest.getTime()), String(requestedAt.latest.getTime())],
        until(options),
      )
    : await table.database.write(deleteAll(table, condition), parameters, until(options));
  return { deleted: Number(text(row?.[0])), failed: JSON.parse(text(row?.[1]) ?? "[]") };
}
