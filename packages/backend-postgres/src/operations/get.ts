import type { RemoteBackendError } from "@deepagents-remote/core";
import type { GetOptions, Key, StoredFile } from "@deepagents-remote/core/adapter";
import { type Column, text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import {
  FILE_COLUMNS,
  fileOfLines,
  isInSlices,
  largeFile,
  lengthOfParts,
  PART_BYTES,
  storedFile,
} from "../rows/row.js";
import { perTable, type Table } from "../rows/table.js";

const one = perTable(
  (table) => `
SELECT ${FILE_COLUMNS}
FROM ${table.rows} AS f
WHERE f.path = $1::text`,
);

const many = perTable(
  (table) => `
SELECT ${FILE_COLUMNS}
FROM ${table.rows} AS f
WHERE f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))`,
);

/** Query for a part of a file. `bytes` is stored uncompressed, so only this part is read from disk. */
const part = perTable(
  (table) => `
SELECT encode(substring(f.bytes FROM $3::text::int FOR $4::text::int), 'base64')
FROM ${table.name} AS f
WHERE f.path = $1::text AND f.xmin::text = $2::text`,
);

/** Fetches files by their keys. Large files follow the others, one by one and in parts. */
export async function getFiles(
  table: Table,
  keys: readonly Key[],
  call: GetOptions,
): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]> {
  const found = new Map<Key, StoredFile | RemoteBackendError>();
  let open = keys;
  while (open.length > 0) {
    const single = open.length === 1;
    const large: Column[][] = [];
    await table.database.each(
      single ? one(table) : many(table),
      [single ? open[0]! : JSON.stringify(open)],
      until(call),
      (row) => {
        if (isInSlices(row)) large.push(row);
        else found.set(text(row[0])!, storedFile(row));
      },
    );
    const changed: Key[] = [];
    for (const row of large) {
      const key = text(row[0])!;
      const file = await getLarge(table, row, call);
      if (file) found.set(key, file);
      else changed.push(key);
    }
    // All other files were read in one version or do not exist any more.
    open = changed;
  }
  return keys.map((key) => found.get(key));
}

/**
 * Fetches a large file in parts.
 * @returns `undefined` if the file changed concurrently.
 */
async function getLarge(
  table: Table,
  row: readonly Column[],
  call: GetOptions,
): Promise<StoredFile | RemoteBackendError | undefined> {
  let isChanged = false;
  const parts = async function* () {
    const file = [text(row[0])!, text(row[1])!];
    const length = lengthOfParts(row)!;
    for (let start = 0; start < length; start += PART_BYTES) {
      const range = [String(start + 1), String(PART_BYTES)];
      const [answer] = await table.database.read(part(table), [...file, ...range], until(call));
      isChanged = answer === undefined;
      if (isChanged) return;
      yield answer![0]!;
    }
  };
  if (lengthOfParts(row) === undefined) return fileOfLines(row, call);
  const file = await largeFile(row, parts(), call);
  return isChanged ? undefined : file;
}
