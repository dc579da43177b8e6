import type { RemoteBackendError } from "@deepagents-remote/core";
import type { GetOptions, Key, StoredFile, Version } from "@deepagents-remote/core/adapter";
import { type Column, type TakeRow, text } from "../connection/statement.js";
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

/** Where rows of `FILE_COLUMNS` come from. */
export interface FileSource {
  /** Reads the rows of some files. */
  each(keys: readonly Key[], take: TakeRow): Promise<unknown>;
  /** Reads a part of a file in `bytes`, in base64; `undefined` if the file no longer has this version. */
  readPart(key: Key, version: Version, start: number): Promise<Buffer | undefined>;
}

/** Fetches files by their keys. Large files follow the others, one by one and in parts. */
export function getFiles(
  table: Table,
  keys: readonly Key[],
  options: GetOptions,
): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]> {
  const source: FileSource = {
    each(open, take) {
      const single = open.length === 1;
      const parameter = single ? open[0]! : JSON.stringify(open);
      return table.database.each(single ? one(table) : many(table), [parameter], until(options), take);
    },
    readPart: (key, version, start) => readPart(table, key, version, start, PART_BYTES, options),
  };
  return fetchFiles(source, keys, options);
}

/** Fetches files by their keys from any source. */
export async function fetchFiles(
  source: FileSource,
  keys: readonly Key[],
  options: GetOptions,
): Promise<readonly (StoredFile | RemoteBackendError | undefined)[]> {
  const found = new Map<Key, StoredFile | RemoteBackendError>();
  let open = keys;
  while (open.length > 0) {
    const large: Column[][] = [];
    await source.each(open, (row) => {
      if (isInSlices(row)) large.push(row);
      else found.set(text(row[0])!, storedFile(row));
    });
    const changed: Key[] = [];
    for (const row of large) {
      const key = text(row[0])!;
      const file = await getLarge(source, row, options);
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
  source: FileSource,
  row: readonly Column[],
  options: GetOptions,
): Promise<StoredFile | RemoteBackendError | undefined> {
  const length = lengthOfParts(row);
  if (length === undefined) return fileOfLines(row, options);
  let isChanged = false;
  const parts = async function* () {
    const [key, version] = [text(row[0])!, text(row[1])!];
    for (let start = 0; start < length; start += PART_BYTES) {
      const part = await source.readPart(key, version, start);
      isChanged = part === undefined;
      if (part === undefined) return;
      yield part;
    }
  };
  const file = await largeFile(row, parts(), options);
  return isChanged ? undefined : file;
}
