import type { DeleteOptions, DeleteOutcome, Key } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { originItem, originParameters } from "../history/origin.js";
import type { Table, TableNames } from "../rows/table.js";
import { prefixRange } from "./prefix-range.js";

const deleteAll = (table: TableNames, condition: string, first: number) => `
WITH gone AS (
  DELETE FROM ${table.name} AS f ${originItem(table, "USING", first)} WHERE ${condition} RETURNING 1)
SELECT count(*)::text FROM gone`;

/** Maximum number of reported keys of files that are kept because they may be newer than the deletion. */
const MAX_FAILED = 1_000;

const time = (parameter: number) => `to_timestamp($${parameter}::float8 / 1000)`;

/**
 * @param first Number of the first of two parameters: bounds of the time of the first request, in milliseconds. That of
 *   the origin follows.
 */
const deleteOlder = (table: TableNames, condition: string, first: number) => `
WITH gone AS (
  DELETE FROM ${table.name} AS f ${originItem(table, "USING", first + 2)} WHERE (${condition}) AND f.created_at < ${time(first)} RETURNING 1
), unclear AS (
  SELECT f.path AS key FROM ${table.name} AS f
  WHERE (${condition}) AND f.created_at >= ${time(first)} AND f.created_at < ${time(first + 1)}
  LIMIT ${MAX_FAILED})
SELECT (SELECT count(*) FROM gone)::text, (SELECT coalesce(json_agg(key), '[]') FROM unclear)::text`;

/** Deletes a file, its descendants, or both, in one statement. See `FileStore.delete`. */
export async function deleteFiles(table: Table, key: Key, options: DeleteOptions): Promise<DeleteOutcome> {
  const { scope, requestedAt } = options;
  const [condition, parameters] = scopeCondition(key, scope);
  const origin = originParameters(table, options);
  const [row] = requestedAt
    ? await table.database.write(
        deleteOlder(table, condition, parameters.length + 1),
        [
          ...parameters,
          String(requestedAt.earliest.getTime()),
          String(requestedAt.latest.getTime()),
          ...origin,
        ],
        until(options),
      )
    : await table.database.write(
        deleteAll(table, condition, parameters.length + 1),
        [...parameters, ...origin],
        until(options),
      );
  return { deleted: Number(text(row?.[0])), failed: JSON.parse(text(row?.[1]) ?? "[]") };
}

/** Returns the condition on a row `f` for a file, its descendants, or both, and its parameters, the first ones. */
export function scopeCondition(
  key: Key,
  scope: DeleteOptions["scope"],
): readonly [condition: string, parameters: readonly string[]] {
  const self = "f.path = $1::text";
  const below = prefixRange(key === "" ? "" : `${key}/`, scope === "all" ? 2 : 1);
  switch (scope) {
    case "file":
      return [self, [key]];
    case "descendants":
      return [below.condition, below.parameters];
    case "all":
      return [`${self} OR (${below.condition})`, [key, ...below.parameters]];
  }
}
