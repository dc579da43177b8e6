import type { Call, Key } from "@deepagents-remote/core";
import { type Database, text } from "../database.js";
import type { Table } from "../table.js";
import { until } from "../until.js";
import { prefixRange } from "./prefix-range.js";

const remove = (table: Table, condition: string) => `
WITH gone AS (DELETE FROM ${table.name} AS f WHERE ${condition} RETURNING 1)
SELECT count(*)::text FROM gone`;

/** Removes a file, everything below it, or both, in one statement; answers how many rows went. */
export async function removeFiles(
  database: Database,
  table: Table,
  key: Key,
  call: Call & { what: "file" | "below" | "both" },
): Promise<number> {
  const { what } = call;
  const self = "f.path = $1::text";
  const below = prefixRange(key === "" ? "" : `${key}/`, what === "both" ? 2 : 1);
  const [condition, parameters] = {
    file: [self, [key]] as const,
    below: [below.condition, below.parameters] as const,
    both: [`${self} OR (${below.condition})`, [key, ...below.parameters]] as const,
  }[what];
  const [row] = await database.write(remove(table, condition), parameters, until(call));
  return Number(text(row?.[0]));
}
