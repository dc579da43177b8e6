import {
  filterPaced,
  isTextMimeType,
  type Key,
  keyAfter,
  type SearchOptions,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { BYTES_NOTICE, IN_BYTES, OURS } from "../rows/row.js";
import type { Table, TableNames } from "../rows/table.js";
import { hidden, NAMES_A_FILE, type PrefixRange, prefixRange } from "./prefix-range.js";

/** Expression of the search index: JSON text of the lines of a row `f`. */
export const SEARCHED = "(f.content->'content')::text";

/**
 * Bounds of the number of candidates to collect in one statement; with more, a search walks the keys instead. Between
 * them it is ten times the limit of the search, so that a walk to that limit visits a tenth of the keys at most.
 */
const FEW = 1_000;
const MANY = 100_000;

/** Number of candidates on the first page of a walk over the keys, if the search does not end earlier. */
const FIRST_PAGE = 1_000;
const SMALLEST_PAGE = 16;
const LARGEST_PAGE = 100_000;

/** Maximum characters of a literal to look up in the index. */
const MAX_PATTERN = 32;

/** A file that may contain the literal. */
export interface Candidate {
  readonly key: Key;
  /** `lines` for an array of lines; otherwise the type of a file in `bytes`, or empty for a foreign row. */
  readonly kind: string;
  /** Size of the file in bytes; for a foreign row its size on disk, which may be much smaller. */
  readonly bytes: number;
}

const CANDIDATE = `f.path AS key, CASE
    WHEN ${IN_BYTES} THEN f.mime_type
    WHEN jsonb_typeof(f.content->'content') = 'array' THEN 'lines'
  END AS kind, coalesce(CASE WHEN ${OURS} THEN f.size END, pg_column_size(f.content))::text AS bytes`;

const IS_TEXT = `${NAMES_A_FILE} AND ((${IN_BYTES}) IS NOT TRUE OR f.mime_type LIKE ANY ('{text/%,application/j%,image/svg%}'))`;

/** Condition that a file contains the literal. Matches its JSON text exactly, and uses the trigram index if there is one. */
const CONTAINS = `${SEARCHED} LIKE $1::text`;

/** Condition for files in `bytes`. An index of their own finds them, or in a table without it the trigrams of their notice. */
const ELSEWHERE = `f.bytes IS NOT NULL AND ${SEARCHED} LIKE '%${BYTES_NOTICE}%'`;

/**
 * True for every file, and expensive in the eyes of the planner: 4,000 operators for each row that a plan looks at, of
 * which one runs. Its costs know nothing of fetching and decompressing a text, 0.1 ms each, so that it would scan a small
 * table, or a namespace of which it has no statistics yet, rather than use the index.
 */
const COSTLY = `(f.path <> '' OR ${Array(40).fill("to_tsvector(f.path) IS NULL").join(" OR ")})`;

/** True if the trigram index can look a literal up, under any locale. A scan of the whole index is worse than none. */
const hasTrigram = (pattern: string): boolean => /[a-z0-9]{3}/i.test(pattern);

/**
 * Query for all candidates, if there are not too many: files that contain the literal, and all others in `bytes`. They
 * are separate queries, because the planner, which may know nothing of `bytes` yet, would scan the table for both.
 *
 * The planner costs a materialized CTE as if it were read to the end, and so uses the trigram index for a rare literal.
 * With ORDER BY and LIMIT at the same level, it would walk the keys, expecting to find enough matches soon: PostgreSQL
 * keeps no statistics for an expression as wide as this one. Rows of the CTE are still produced on demand.
 */
const all = (table: TableNames, range: PrefixRange, pattern: string) => {
  const select = `SELECT ${CANDIDATE} FROM ${table.rows} AS f WHERE ${IS_TEXT} AND ${range.condition}`;
  return `
WITH candidate AS MATERIALIZED (
  ${select} AND ${CONTAINS}${hasTrigram(pattern) ? ` AND ${COSTLY}` : ""}
  UNION ALL
  ${select} AND ${ELSEWHERE} AND (${CONTAINS}) IS NOT TRUE)
SELECT key, kind, bytes FROM (SELECT * FROM candidate LIMIT $2::text::bigint) AS collected
ORDER BY key USING ~<~`;
};

/** Condition for candidates. Every text contains the empty literal; checking would be most of the cost of the search. */
const matches = (pattern: string) =>
  pattern === "" ? "$1::text IS NOT NULL" : `(${CONTAINS} OR ${ELSEWHERE})`;

/**
 * Query for candidates in key order from a given key, for literals that occur in many files. The planner takes the
 * condition for true of nearly every row, and cannot look it up in the trigram index. Otherwise it would collect and sort
 * all candidates for every page.
 */
const page = (table: TableNames, range: PrefixRange, pattern: string) => `
SELECT ${CANDIDATE}
FROM ${table.rows} AS f
WHERE f.path ~>=~ ${hidden(3)} AND ${range.condition} AND nullif((${matches(pattern)} AND ${IS_TEXT}), false) IS NOT NULL
ORDER BY f.path USING ~<~
LIMIT (SELECT $2::text::bigint)`;

/** Finds candidates in key order, page by page. */
export async function* candidatePages(
  table: Table,
  prefix: string,
  pattern: string,
  options: SearchOptions,
): AsyncGenerator<readonly Candidate[]> {
  const like = likePattern(pattern);
  // Never prepared, because the best plan depends on the literal and on the size of the directory.
  const read = async (statement: string, parameters: readonly string[]) =>
    (await table.database.read(statement, parameters, until(options), false)).map(([key, kind, bytes]) => ({
      key: text(key)!,
      kind: text(kind) ?? "",
      bytes: Number(text(bytes)),
    }));
  const isSearched = ({ key, kind }: Candidate) =>
    options.accept(key) && (!kind.includes("/") || isTextMimeType(kind));

  const inRange = prefixRange(prefix, 3, false);
  const most = mostAtOnce(pattern, options.limit);
  if (most > 0) {
    const found = await read(all(table, inRange, pattern), [like, String(most + 1), ...inRange.parameters]);
    if (found.length <= most) return yield await filterPaced(found, isSearched, options);
  }
  const range = prefixRange(prefix, 4);
  const walk = page(table, range, pattern);
  let from = prefix;
  // Most candidates have a matching line.
  const first = Math.min(Math.max(options.limit, SMALLEST_PAGE), FIRST_PAGE);
  for (let limit = first; ; limit = Math.min(limit * 10, LARGEST_PAGE)) {
    const found = await read(walk, [like, String(limit), from, ...range.parameters]);
    yield await filterPaced(found, isSearched, options);
    if (found.length < limit) return;
    from = keyAfter(found.at(-1)!.key);
  }
}

/** Returns the maximum number of candidates to collect in one statement; 0 for the empty literal, which every text contains. */
const mostAtOnce = (pattern: string, limit: number): number =>
  pattern === "" ? 0 : Math.min(Math.max(10 * limit, FEW), MANY);

/**
 * Encodes a literal as in JSON text and escapes the wildcards of LIKE. Truncates a long literal: its beginning is
 * selective enough, and each trigram costs a lookup.
 */
function likePattern(pattern: string): string {
  // A character has at most two UTF-16 code units.
  const start = [...pattern.slice(0, 2 * MAX_PATTERN)].slice(0, MAX_PATTERN).join("");
  const json = JSON.stringify(start).slice(1, -1);
  return `%${json.replace(/[\\%_]/g, "\\$&")}%`;
}
