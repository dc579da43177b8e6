import type { CallOptions, StoredFile, Version } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { originItem, originParameters } from "../history/origin.js";
import { perTable, type Table } from "../rows/table.js";
import { type ChangeRecord, chainWriteIds, contentParameter } from "./change-record.js";

/**
 * Compare-and-swap statement. READ COMMITTED reevaluates the condition once the row is locked, so a version or write id
 * that was committed during the wait is seen.
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
${originItem(table, "FROM", 8)}
WHERE f.path = $1::text
  AND f.xmin::text = $2::text
  AND NOT $3::text = ANY (coalesce(f.write_ids, '{}'))
RETURNING f.xmin::text`,
);

/** Stores a new version of a file if the current one is still the one that it is based on. Returns the new version. */
export async function updateFile(
  table: Table,
  from: StoredFile,
  { key, id, content, bytes, mime_type, size }: ChangeRecord,
  options: CallOptions,
): Promise<Version | undefined> {
  const values = [key, from.version, id, contentParameter(content), bytes, mime_type, String(size)];
  const parameters = [...values, ...originParameters(table, options)];
  const [row] = await table.database.write(update(table), parameters, until(options));
  return text(row?.[0]);
}
