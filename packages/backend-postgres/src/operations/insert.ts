import type { CallOptions, Change, Key, Version } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { originItem, originParameters } from "../history/origin.js";
import { perTable, type Table, type TableNames } from "../rows/table.js";
import { type ChangeRecord, chainWriteIds, changeParameters, MANY, ONE, obstacle } from "./change-record.js";

/** FROM item with the changes, and the number of its parameters. */
interface Source {
  readonly changes: string;
  readonly parameters: number;
}

const SOURCE_OF_ONE: Source = { changes: ONE, parameters: 7 };
const SOURCE_OF_MANY: Source = { changes: MANY, parameters: 1 };

const INSERT = (table: TableNames, { changes, parameters }: Source) => `
INSERT INTO ${table.name} AS f
  (path, content, created_at, modified_at, bytes, mime_type, size, write_ids, ours_at)
SELECT change.key, change.content, now(), now(),
  decode(change.bytes, 'base64'), change.mime_type, change.size, ARRAY[change.id], now()
FROM ${changes}${originItem(table, ",", parameters + 1)}`;

const create = (changes: Source) =>
  perTable(
    (table) => `${INSERT(table, changes)}
WHERE ${obstacle(table.name)} IS NULL
ON CONFLICT (path) DO NOTHING
RETURNING f.path, f.xmin::text`,
  );

/** Upsert of changes. Replaces an existing file even if a race has made it a directory as well. */
const replace = (changes: Source) =>
  perTable(
    (table) => `${INSERT(table, changes)}
WHERE EXISTS (SELECT FROM ${table.name} AS same WHERE same.path = change.key) OR ${obstacle(table.name)} IS NULL
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
RETURNING f.path, f.xmin::text`,
  );

const STATEMENTS = {
  create: { one: create(SOURCE_OF_ONE), many: create(SOURCE_OF_MANY) },
  overwrite: { one: replace(SOURCE_OF_ONE), many: replace(SOURCE_OF_MANY) },
};

/** Creates or overwrites files in one statement. Returns the versions of the files that were written. */
export async function insertFiles(
  table: Table,
  condition: Extract<Change["condition"], string>,
  records: readonly ChangeRecord[],
  options: CallOptions,
): Promise<ReadonlyMap<Key, Version>> {
  const statement = STATEMENTS[condition][records.length === 1 ? "one" : "many"](table);
  const parameters = [...changeParameters(records), ...originParameters(table, options)];
  const rows = await table.database.write(statement, parameters, until(options));
  return new Map(rows.map(([key, version]) => [text(key)!, text(version)!]));
}
