import type { CallOptions } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { perTable, type Table } from "../rows/table.js";
import { type ChangeRecord, obstacle } from "./change-record.js";

/** Reason why a change was not made. */
export interface Obstacle {
  /** Version of the row, if there is one. */
  readonly version: string | undefined;
  /** True if the row's write-id chain contains this change: an earlier attempt succeeded. */
  readonly applied: boolean;
  /** Path of a conflicting file: an ancestor or a descendant. */
  readonly other: string | undefined;
}

const obstacles = perTable(
  (table) => `
SELECT change.path, f.xmin::text, change.id = ANY (f.write_ids), ${obstacle(table.name)}
FROM json_to_recordset($1::text::json) AS change (path text, id text, above json)
LEFT JOIN ${table.name} AS f ON f.path = change.path`,
);

/** Finds out why changes were not made, by path. */
export async function explainRefusals(
  table: Table,
  records: readonly ChangeRecord[],
  call: CallOptions,
): Promise<ReadonlyMap<string, Obstacle>> {
  const questions = records.map(({ path, id, above }) => ({ path, id, above }));
  const rows = await table.database.read(obstacles(table), [JSON.stringify(questions)], until(call));
  return new Map(
    rows.map(([path, version, applied, other]) => [
      text(path)!,
      { version: text(version), applied: text(applied) === "t", other: text(other) },
    ]),
  );
}
