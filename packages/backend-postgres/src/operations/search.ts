import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type FoundLine,
  type FoundLines,
  type Key,
  type SearchOptions,
  takeLinesInSlices,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { IN_BYTES } from "../rows/row.js";
import type { Table, TableNames } from "../rows/table.js";
import { type Candidate, candidatePages } from "./candidates.js";
import { getFiles } from "./get.js";
import { searchLargeTexts } from "./search-large.js";

/** Number of files that the first statement searches: few, for a search that ends early. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 256;
const BATCH_BYTES = 4 * 1024 * 1024;

const IS_IN_BATCH = "f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))";

/**
 * Query for matching lines. A final newline is stored as a final empty element, which is not a line. An array with
 * elements other than strings is not a file. OFFSET 0 keeps the planner from extracting the array again for each line.
 * The limit applies to all files together as well: with a limit per file only, a batch could return a hundred times
 * more than is used. For a file that has moved to `bytes` since it became a candidate, only that fact is returned.
 */
export const lines = (table: TableNames) => `
SELECT found.key, json_agg(json_build_object('line', found.number, 'text', found.line) ORDER BY found.number)::text
FROM (
  SELECT f.path AS key, l.number, l.line
  FROM ${table.rows} AS f
  CROSS JOIN LATERAL (
    SELECT f.content->'content' AS parts OFFSET 0) AS stored
  CROSS JOIN LATERAL (
    SELECT line, number
    FROM jsonb_array_elements_text(CASE
        WHEN jsonb_typeof(stored.parts) = 'array'
          AND NOT jsonb_path_exists(stored.parts, 'strict $[*] ? (@.type() != "string")')
        THEN stored.parts ELSE '[]'
      END) WITH ORDINALITY AS l (line, number)
    WHERE strpos(line, $2::text) > 0
      AND NOT (line = '' AND number = jsonb_array_length(stored.parts))
    ORDER BY number
    LIMIT $3::text::bigint) AS l
  WHERE ${IS_IN_BATCH}
  ORDER BY f.path USING ~<~, l.number
  LIMIT $3::text::bigint) AS found
GROUP BY found.key
UNION ALL
SELECT f.path, NULL FROM ${table.rows} AS f WHERE ${IS_IN_BATCH} AND ${IN_BYTES}`;

/** Searches in the database, so that only matching lines are transferred. */
export async function* searchFiles(
  table: Table,
  prefix: string,
  pattern: string,
  options: SearchOptions,
): AsyncGenerator<FoundLines> {
  // No stored text contains a lone surrogate, and SQL parameters cannot.
  if (!pattern.isWellFormed()) return;
  let size = FIRST_BATCH;
  for await (let candidates of candidatePages(table, prefix, pattern, options)) {
    while (candidates.length > 0) {
      const batch = firstBatch(candidates, size);
      yield* searchBatch(table, batch, pattern, options);
      candidates = candidates.slice(batch.length);
      size = Math.min(size * 2, LARGEST_BATCH);
    }
  }
}

const isLarge = ({ kind }: Candidate): boolean => kind.includes("/");

/** Returns as many candidates as one statement may search, at least one. */
function firstBatch(candidates: readonly Candidate[], size: number): readonly Candidate[] {
  let bytes = 0;
  const end = candidates.findIndex((candidate, i) => {
    // Large texts are not read whole.
    if (!isLarge(candidate)) bytes += candidate.bytes;
    return i > 0 && (i === size || bytes > BATCH_BYTES);
  });
  return end === -1 ? candidates : candidates.slice(0, end);
}

/** Lines by file; `undefined` for a file that must be fetched. */
type Found = ReadonlyMap<Key, readonly FoundLine[] | undefined>;

async function* searchBatch(
  table: Table,
  batch: readonly Candidate[],
  pattern: string,
  options: SearchOptions,
): AsyncGenerator<FoundLines> {
  const inLines = await searchLines(table, batch, pattern, options);
  const large = batch.filter(isLarge).map(({ key }) => key);
  const inLarge = searchLargeTexts(table, large, pattern, options);
  for (const candidate of batch) {
    const { key, kind } = candidate;
    let found: readonly FoundLine[] | undefined;
    if (kind === "lines") found = inLines.has(key) ? inLines.get(key) : [];
    if (isLarge(candidate)) found = (await inLarge.next()).value ?? undefined;
    if (found === undefined) yield* searchWhole(table, key, pattern, options);
    else if (found.length > 0) yield { key, lines: found };
  }
}

async function searchLines(
  table: Table,
  batch: readonly Candidate[],
  pattern: string,
  options: SearchOptions,
): Promise<Found> {
  const keys = batch.filter(({ kind }) => kind === "lines").map(({ key }) => key);
  if (keys.length === 0 || pattern.includes("\0")) return new Map();
  const parameters = [JSON.stringify(keys), pattern, String(options.limit)];
  const rows = await table.database.read(lines(table), parameters, until(options));
  return new Map(rows.map(([key, json]) => [text(key)!, json ? JSON.parse(text(json)!) : undefined]));
}

/** Fetches and searches a file whole, because its format is foreign or it changed concurrently. */
async function* searchWhole(
  table: Table,
  key: Key,
  pattern: string,
  options: SearchOptions,
): AsyncGenerator<FoundLines> {
  const [file] = await getFiles(table, [key], options);
  if (RemoteBackendError.is(file)) return yield { key, lines: [], error: file };
  if (typeof file?.content !== "string") return;
  const lines = await takeLinesInSlices(file.content, pattern, options.limit, options);
  if (lines.length > 0) yield { key, lines };
}
