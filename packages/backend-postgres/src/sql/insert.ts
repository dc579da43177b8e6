import type { Call, Change } from "@deepagents-remote/core";
import { type Database, text } from "../database.js";
import type { Table } from "../table.js";
import { CHANGES, type ChangeRecord, chainWriteIds } from "./change-record.js";

/** A file would have to be a directory as well: one lies above it, or others below. */
export const clashes = (table: Table) => `(
  EXISTS (SELECT FROM ${table.name} AS above
    WHERE above.path IN (SELECT json_array_elements_text(change.above)))
  OR EXISTS (SELECT FROM ${table.name} AS below
    WHERE below.path ~>=~ (change.path || '/') AND below.path ~<~ (change.path || '0')))`;

const INSERT = (table: Table) => `
INSERT INTO ${table.name} AS f
  (path, content, created_at, modified_at, bytes, mime_type, size, write_ids, ours_at)
SELECT change.path, change.content, now(), now(),
  decode(change.bytes, 'base64'), change.mime_type, change.size, ARRAY[change.id], now()
FROM ${CHANGES}`;

const create = (table: Table) => `${INSERT(table)}
WHERE NOT ${clashes(table)}
ON CONFLICT (path) DO NOTHING
RETURNING f.path, f.xmin::text`;

/** A file that is already there is replaced even where a race has made it a directory as well. */
const replace = (table: Table) => `${INSERT(table)}
WHERE EXISTS (SELECT FROM ${table.name} AS same WHERE same.path = change.path) OR NOT ${clashes(table)}
ON CONFLICT (path) DO UPDATE SET
  content = excluded.content,
  created_at = excluded.created_at,
  modified_at = excluded.modified_at,
  bytes = excluded.bytes,
  mime_type = excluded.mime_type,
  size = excluded.size,
  ours_at = excluded.ours_at,
  write_ids = ${chainWriteIds("excluded.write_ids[1]")}
WHERE NOT excluded.write_ids[1] = ANY (coalesce(f.write_ids, '{}'))
RETURNING f.path, f.xmin::text`;

/** Creates files, or replaces them, in one statement; answers the versions of those that were written. */
export async function insertFiles(
  database: Database,
  table: Table,
  when: Extract<Change["when"], string>,
  records: readonly ChangeRecord[],
  { signal }: Pick<Call, "signal">,
): Promise<ReadonlyMap<string, string>> {
  const statement = when === "absent" ? create(table) : replace(table);
  const rows = await database.write(statement, [JSON.stringify(records)], signal);
  return new Map(rows.map(([path, version]) => [text(path)!, text(version)!]));
}
