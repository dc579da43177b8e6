import type {
  Entry,
  GetOptions,
  Key,
  ListOptions,
  Snapshot,
  VersionId,
} from "@deepagents-remote/core/adapter";
import { keyAfter } from "@deepagents-remote/core/adapter";
import { until } from "../connection/until.js";
import { type FileSource, fetchFiles } from "../operations/get.js";
import { entry, FILE_SIZE } from "../operations/list.js";
import { inOrder, NAMES_A_FILE, type PrefixRange, prefixRange } from "../operations/prefix-range.js";
import { FILE_COLUMNS, PART_BYTES } from "../rows/row.js";
import { perTable, type Table, type TableNames } from "../rows/table.js";
import { allEntries, recordedEntries, unchangedFiles } from "./entries.js";
import { type MomentConditions, momentConditions, momentOf, placeOf } from "./version-id.js";

/** Number of keys per page of a listing. */
const PAGE = 1_000;

const IS_VERSION = "f.version_id = $2::text::bigint AND f.changed_tx = $3::text::bigint";

const version = (from: (table: TableNames) => string) =>
  perTable(
    (table) => `
SELECT ${FILE_COLUMNS}
FROM ${from(table)}
WHERE f.path = $1::text AND ${IS_VERSION} AND f.is_file`,
  );

const recordedVersion = version(recordedEntries);
/** Version 0, from before the history, is recorded only once the file has changed. */
const firstVersion = version(allEntries);

/** Query for a part of a version. `bytes` is stored uncompressed, so only this part is read from disk. */
const part = perTable(
  (table) => `
SELECT encode(substring(f.bytes FROM $4::text::int FOR ${PART_BYTES}), 'base64')
FROM ${allEntries(table)}
WHERE f.path = $1::text AND ${IS_VERSION} AND f.is_file`,
);

const versionSource = (table: Table, options: GetOptions): Pick<FileSource, "readPart"> => ({
  async readPart(key, id, start) {
    const { id: number, tx } = placeOf(id)!;
    const parameters = [key, number, tx, String(start + 1)];
    const [row] = await table.database.read(part(table), parameters, until(options));
    return row?.[0] ?? undefined;
  },
});

/** Fetches one version of a file. See `FileHistory.getVersion`. */
export async function getVersion(table: Table, key: Key, id: VersionId, options: GetOptions) {
  const place = placeOf(id);
  if (place === undefined) return undefined;
  const statement = place.id === "0" ? firstVersion : recordedVersion;
  const [file] = await fetchFiles(
    {
      ...versionSource(table, options),
      each: ([open], take) =>
        table.database.each(statement(table), [open!, place.id, place.tx], until(options), take),
    },
    [key],
    options,
  );
  return file;
}

const files = (table: TableNames, { isMade, isKept }: MomentConditions) => `
SELECT ${FILE_COLUMNS}
FROM ${allEntries(table)}
WHERE f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json))) AND ${isMade} AND ${isKept} AND f.is_file`;

/** Fetches files as they were. See `FileHistory.getAt`. */
export function getFilesAt(table: Table, keys: readonly Key[], snapshot: Snapshot, options: GetOptions) {
  const conditions = momentConditions(momentOf(snapshot), 2);
  const source = {
    ...versionSource(table, options),
    each: (open: readonly Key[], take: Parameters<FileSource["each"]>[1]) =>
      table.database.each(
        files(table, conditions),
        [JSON.stringify(open), ...conditions.parameters],
        until(options),
        take,
      ),
  };
  return fetchFiles(source, keys, options);
}

/** Behind every path that can be read. */
const LAST_PATH = "repeat(chr(1114111), 300)";

const LISTED = `f.path, f.xmin, (${FILE_SIZE})::text AS size, (extract(epoch FROM f.modified_at) * 1000)::text AS modified_at`;

/**
 * Query for a page of files. Unchanged files are looked for only up to the end of a full page of recorded ones: each page
 * could else read the whole range to find few of them.
 */
const listing = (table: TableNames, range: PrefixRange, { isMade, isKept }: MomentConditions) => {
  const inRange = `f.path ~>=~ (SELECT $1::text) AND ${range.condition} AND ${NAMES_A_FILE}`;
  return `
WITH recorded AS MATERIALIZED (
  SELECT ${LISTED} FROM ${recordedEntries(table)}
  WHERE ${inRange} AND ${isMade} AND ${isKept} AND f.is_file
  ${inOrder(PAGE)}
), unchanged AS (
  SELECT ${LISTED} FROM ${unchangedFiles(table)}
  WHERE ${inRange}
    AND f.path ~<=~ (SELECT coalesce((
      SELECT path FROM recorded ORDER BY path USING ~<~ OFFSET ${PAGE - 1} LIMIT 1), ${LAST_PATH}))
  ${inOrder(PAGE)})
SELECT * FROM (SELECT * FROM recorded UNION ALL SELECT * FROM unchanged) AS f ${inOrder(PAGE)}`;
};

/** Lists files as they were. See `FileHistory.listAt`. */
export async function* listFilesAt(
  table: Table,
  prefix: string,
  snapshot: Snapshot,
  { recursive, after, ...options }: ListOptions,
): AsyncGenerator<readonly Entry[]> {
  const range = prefixRange(prefix, 2);
  const conditions = momentConditions(momentOf(snapshot), 2 + range.parameters.length);
  const statement = listing(table, range, conditions);
  let from = after === undefined ? prefix : keyAfter(after);
  for (;;) {
    const parameters = [from, ...range.parameters, ...conditions.parameters];
    const rows = await table.database.read(statement, parameters, until(options));
    const entries = rows.map((row) => entry(row, recursive ? undefined : prefix));
    // Descendants of a directory beyond this page are skipped by the next one.
    const page = entries.filter(({ key }, i) => key !== entries[i - 1]?.key);
    if (page.length > 0) yield page;
    if (rows.length < PAGE) return;
    from = keyAfter(page.at(-1)!.key);
  }
}
