import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { perTable, type Table } from "../rows/table.js";
import { type ChangeRecord, obstacle } from "./change-record.js";

/** Reason why a change was not made. */
export interface Obstacle {
  /** Version of the row, if there is one. */
  readonly version: string | undefined;
  /** True if the row's write-id chain contains this change: an earlier attempt succeeded. */
  readonly isDone: boolean;
  /** Key of a conflicting file: an ancestor or a descendant. */
  readonly other: Key | undefined;
}

const obstacles = perTable(
  (table) => `
SELECT change.key, f.xmin::text, change.id = ANY (f.write_ids), ${obstacle(table.name)}
FROM json_to_recordset($1::text::json) AS change (key text, id text, above json)
LEFT JOIN ${table.name} AS f ON f.path = change.key`,
);

/** Finds out why changes were not made, by key. */
export async function explainRefusals(
  table: Table,
  records: readonly ChangeRecord[],
  options: CallOptions,
): Promise<ReadonlyMap<Key, Obstacle>> {
  const questions = records.map(({ key, id, above }) => ({ key, id, above }));
  const rows = await table.database.read(obstacles(table), [JSON.stringify(questions)], until(options));
  return new Map(
    rows.map(([key, version, isDone, other]) => [
      text(key)!,
      { version: text(version), isDone: text(isDone) === "t", other: text(other) },
    ]),
  );
}
