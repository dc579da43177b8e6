import type { CallOptions, StoredFile } from "@deepagents-remote/core/adapter";
import type { Database } from "../connection/database.js";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { perTable, type Table } from "../rows/table.js";
import { type ChangeRecord, chainWriteIds } from "./change-record.js";

/**
 * Compare-and-swap. READ COMMITTED evaluates the condition again on the row once it is locked, so a version or an id
 * that came in while the statement waited is seen.
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
const update = perTable(
  (table) => `
UPDATE ${table.name} AS f SET
  content = $4::text::jsonb,
  modified_at = now(),
  bytes = decode($5::text, 'base64'),
  mime_type = $6::text,
  size = $7::text::bigint,
  ours_at = now(),
  write_ids = ${chainWriteIds("$3::text")}
WHERE f.path = $1::text
  AND f.xmin::text = $2::text
  AND NOT $3::text = ANY (coalesce(f.write_ids, '{}'))
RETURNING f.xmin::text`,
);

/** Stores a new version of a file that is still the one it was made from; answers its version. */
export async function updateFile(
  database: Database,
  table: Table,
  from: StoredFile,
  { path, id, content, bytes, mime_type, size }: ChangeRecord,
  call: CallOptions,
): Promise<string | undefined> {
  const parameters = [path, from.version, id, JSON.stringify(content), bytes, mime_type, String(size)];
  const [row] = await database.write(update(table), parameters, until(call));
  return text(row?.[0]);
}
