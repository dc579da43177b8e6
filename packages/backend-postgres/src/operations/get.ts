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
import { readPart } from "./read-part.js";

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
  const length = lengthOfParts(row);
  if (length === undefined) return fileOfLines(row, call);
  let isChanged = false;
  const parts = async function* () {
    const [key, version] = [text(row[0])!, text(row[1])!];
    for (let start = 0; start < length; start += PART_BYTES) {
      const part = await readPart(table, key, version, start, PART_BYTES, call);
      isChanged = part === undefined;
      if (part === undefined) return;
      yield part;
    }
  };
  const file = await largeFile(row, parts(), call);
  return isChanged ? undefined : file;
}
