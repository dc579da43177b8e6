import type { Entry, ListOptions } from "@deepagents-remote/core/adapter";
import { keyAfter } from "@deepagents-remote/core/adapter";
import { type Column, text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { OURS } from "../rows/row.js";
import type { Table, TableNames } from "../rows/table.js";
import { hidden, inOrder, NAMES_A_FILE, type PrefixRange, prefixRange } from "./prefix-range.js";

/** Number of rows of the first page, and of the largest, which are enough to hide the time between two pages. */
const PAGE = { first: 1_000, largest: 4_000 };

/** Number of children of the first page of a directory: it tells whether they are files. */
const FIRST_CHILDREN = 100;

/** Shares of files among the rows of a page, above which the rows are walked, and below which subdirectories are skipped. */
const FILES = { many: 0.75, few: 0.5 };

/**
 * Expression for the size of a file. Computed from the lines if a writer that does not know our columns changed the
 * row.
 */
export const FILE_SIZE = `CASE
    WHEN ${OURS} THEN f.size
    WHEN jsonb_typeof(f.content->'content') = 'array' THEN (
      SELECT coalesce(sum(octet_length(line)), 0) + greatest(count(*) - 1, 0)
      FROM jsonb_array_elements_text(f.content->'content') AS line)
    WHEN jsonb_typeof(f.content->'content') = 'string' THEN octet_length(f.content->>'content')
  END`;

const ENTRY_COLUMNS = `f.xmin::text, (${FILE_SIZE})::text, (extract(epoch FROM f.modified_at) * 1000)::text`;

/** Condition for a later start than that of the range. */
const FROM = `f.path ~>=~ ${hidden(1)}`;

const files = (table: TableNames, range: PrefixRange) => `
SELECT f.path, ${ENTRY_COLUMNS}
FROM ${table.rows} AS f
WHERE ${FROM} AND ${range.condition} AND ${NAMES_A_FILE}
${inOrder(`$2::text::bigint`)}`;

/** Expression for the part of a key after the directory's prefix (`$3`). */
const rest = (key: string) => `substr(${key}, length($3::text) + 1)`;

/**
 * Query for the direct children, as a loose index scan: the next lookup starts after all descendants of a child, so the
 * cost depends on the number of children only. '0' is the character after '/'; appending chr(1) makes the next longer
 * string.
 * @see https://wiki.postgresql.org/wiki/Loose_indexscan
 */
export const children = (table: TableNames, range: PrefixRange) => `
WITH RECURSIVE child (key, step) AS (
  SELECT (
    SELECT f.path FROM ${table.rows} AS f
    WHERE ${FROM} AND ${range.condition} AND ${NAMES_A_FILE}
    ${inOrder(1)}), 1
  UNION ALL
  SELECT (
    SELECT f.path FROM ${table.rows} AS f
    WHERE f.path ~>=~ CASE
        WHEN strpos(${rest("child.key")}, '/') > 0
        THEN $3::text || split_part(${rest("child.key")}, '/', 1) || '0'
        ELSE child.key || chr(1)
      END AND ${range.condition} AND ${NAMES_A_FILE}
    ${inOrder(1)}), step + 1
  FROM child
  WHERE child.key IS NOT NULL AND step < $2::text::bigint
)
SELECT child.key, file.*
FROM child
-- The LIMIT keeps the planner from joining with a scan of the table.
LEFT JOIN LATERAL (
  SELECT ${ENTRY_COLUMNS} FROM ${table.rows} AS f
  WHERE f.path = child.key AND strpos(${rest("child.key")}, '/') = 0
  LIMIT 1) AS file ON true
WHERE child.key IS NOT NULL
ORDER BY child.key USING ~<~`;

/**
 * Lists files with keyset pagination: each page starts after the last entry of the previous one. The children of a
 * directory are looked up one by one, unless they are files, which are next to each other in the index.
 */
export async function* listFiles(
  table: Table,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<readonly Entry[]> {
  const { recursive, after } = options;
  const range = prefixRange(prefix, 3);
  let from = after === undefined ? prefix : keyAfter(after);
  let walks = recursive;
  for (let size = recursive ? PAGE.first : FIRST_CHILDREN; ; size = Math.min(4 * size, PAGE.largest)) {
    const statement = walks ? files(table, range) : children(table, range);
    const rows = await table.database.read(
      statement,
      [from, String(size), ...range.parameters],
      until(options),
    );
    const page = distinct(rows.map((row) => entry(row, recursive ? undefined : prefix)));
    if (page.length > 0) yield page;
    if (rows.length < size) return;
    from = keyAfter(page.at(-1)!.key);
    if (recursive) continue;
    const share = page.filter(({ directory }) => !directory).length / rows.length;
    walks = share > (walks ? FILES.few : FILES.many);
  }
}

/** Drops the repetitions of a directory, one for each file in it. */
const distinct = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ key }, i) => key !== entries[i - 1]?.key);

/**
 * Decodes a row of path, version, size and time into an entry.
 * @param parent Prefix of the direct children; `undefined` if everything below it is listed.
 */
export function entry(row: readonly Column[], parent: string | undefined): Entry {
  const [, version, size, modifiedAt] = row;
  const key = text(row[0])!;
  const slash = parent === undefined ? -1 : key.indexOf("/", parent.length);
  if (slash !== -1) return { key: key.slice(0, slash + 1), directory: true };
  return {
    key,
    version: text(version)!,
    ...(size && { size: Number(text(size)) }),
    modifiedAt: new Date(Number(text(modifiedAt))),
  };
}
