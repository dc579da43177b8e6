import type { Call, Key, RemoteBackendError, StoredFile } from "@deepagents-remote/core";
import { type Database, text } from "../database.js";
import { FILE_COLUMNS, storedFile } from "../row.js";
import { perTable, type Table } from "../table.js";
import { until } from "../until.js";

const one = perTable(
  (table) => `
SELECT ${FILE_COLUMNS}
FROM ${table.name} AS f
WHERE f.path = $1::text`,
);

const many = perTable(
  (table) => `
SELECT ${FILE_COLUMNS}
FROM ${table.name} AS f
WHERE f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))`,
);

/** Fetches the rows of some keys. */
export async function getFiles(
  database: Database,
  table: Table,
  keys: readonly Key[],
  call: Call,
): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]> {
  const single = keys.length === 1;
  const found = new Map<Key, StoredFile | RemoteBackendError>();
  await database.each(
    single ? one(table) : many(table),
    [single ? keys[0]! : JSON.stringify(keys)],
    until(call),
    (row) => void found.set(text(row[0])!, storedFile(row)),
  );
  return keys.map((key) => found.get(key));
}
