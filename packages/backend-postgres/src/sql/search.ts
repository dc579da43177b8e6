import {
  type Call,
  type FoundLine,
  type FoundLines,
  filterPaced,
  isTextMimeType,
  type Key,
  RemoteBackendError,
  takeLines,
} from "@deepagents-remote/core";
import { type Database, text } from "../database.js";
import { BYTES_NOTICE, IN_BYTES, OURS } from "../row.js";
import type { Table } from "../table.js";
import { until } from "../until.js";
import { getFiles } from "./get.js";
import { type PrefixRange, prefixRange } from "./prefix-range.js";

/** What the search index holds of a row `f`: the JSON text of its lines. */
export const SEARCHED = "(f.content->'content')::text";

/** Candidates of one statement. Each looks through the index anew, so they grow fast. */
const FIRST_PAGE = 1_000;
const LARGEST_PAGE = 100_000;

/** Characters of a literal that the index is asked for. */
const MAX_PATTERN = 32;

/** Files whose lines one statement looks at: few at first, for a search that ends early; never too many bytes. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 256;
const BATCH_BYTES = 4 * 1024 * 1024;

/** A file that may contain the literal. */
interface Candidate {
  readonly key: Key;
  /** `lines`: an array of lines. Otherwise the type of what is in `bytes`, or nothing that is known here. */
  readonly kind: string;
  /** Of another program's file what it takes on disk, which may be much less. */
  readonly bytes: number;
}

/**
 * The LIKE is exact on the JSON text of a literal's beginning, and served by the trigram index where there is one.
 * Files in `bytes` are all candidates, by the notice that stands in their place.
 */
const candidates = (table: Table, range: PrefixRange) => `
SELECT f.path, CASE
    WHEN ${IN_BYTES} THEN f.mime_type
    WHEN jsonb_typeof(f.content->'content') = 'array' THEN 'lines'
  END, coalesce(CASE WHEN ${OURS} THEN f.size END, pg_column_size(f.content))::text
FROM ${table.name} AS f
WHERE f.path ~>=~ $1::text AND ${range.condition}
  AND (${SEARCHED} LIKE $2::text OR ${SEARCHED} LIKE '%${BYTES_NOTICE}%')
ORDER BY f.path USING ~<~
LIMIT $3::text::bigint`;

const IS_IN_BATCH = "f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))";

/**
 * A final newline is a final empty element, which is no line. An array that holds more than strings is no file. The
 * limit is one of all files together, too: by that of each alone, a batch could answer a hundred times what is taken.
 * Of a file that was moved into `bytes` since it became a candidate only that is told.
 */
const lines = (table: Table) => `
SELECT found.path, json_agg(json_build_object('line', found.number, 'text', found.line) ORDER BY found.number)::text
FROM (
  SELECT f.path, l.number, l.line
  FROM ${table.name} AS f
  CROSS JOIN LATERAL (
    SELECT line, number
    FROM jsonb_array_elements_text(CASE
        WHEN jsonb_typeof(f.content->'content') = 'array'
          AND NOT jsonb_path_exists(f.content->'content', 'strict $[*] ? (@.type() != "string")')
        THEN f.content->'content' ELSE '[]'
      END) WITH ORDINALITY AS l (line, number)
    WHERE strpos(line, $2::text) > 0
      AND NOT (line = '' AND number = jsonb_array_length(f.content->'content'))
    ORDER BY number
    LIMIT $3::text::bigint) AS l
  WHERE ${IS_IN_BATCH}
  ORDER BY f.path USING ~<~, l.number
  LIMIT $3::text::bigint) AS found
GROUP BY found.path
UNION ALL
SELECT f.path, NULL FROM ${table.name} AS f WHERE ${IS_IN_BATCH} AND ${IN_BYTES}`;

/** Finds lines in the database, and takes only them out of it. */
export async function* searchFiles(
  database: Database,
  table: Table,
  prefix: string,
  literal: string,
  call: Call & { accept: (key: Key) => boolean; limit: number },
): AsyncGenerator<FoundLines> {
  // What no stored text can contain must not reach SQL either.
  if (!literal.isWellFormed()) return;
  let size = FIRST_BATCH;
  for await (const page of candidatePages(database, table, prefix, literal, call)) {
    const isSearched = ({ key, kind }: Candidate) =>
      call.accept(key) && (!kind.includes("/") || isTextMimeType(kind));
    let accepted: readonly Candidate[] = await filterPaced(page, isSearched, call);
    while (accepted.length > 0) {
      const batch = firstBatch(accepted, size);
      yield* searchBatch(database, table, batch, literal, call);
      accepted = accepted.slice(batch.length);
      size = Math.min(size * 2, LARGEST_BATCH);
    }
  }
}

/** As many as one statement may look at, one at least. */
function firstBatch(candidates: readonly Candidate[], size: number): readonly Candidate[] {
  let bytes = 0;
  const end = candidates.findIndex((candidate, i) => {
    bytes += candidate.bytes;
    return i > 0 && (i === size || bytes > BATCH_BYTES);
  });
  return end === -1 ? candidates : candidates.slice(0, end);
}

async function* candidatePages(
  database: Database,
  table: Table,
  prefix: string,
  literal: string,
  call: Call,
): AsyncGenerator<readonly Candidate[]> {
  const range = prefixRange(prefix, 4, false);
  const statement = candidates(table, range);
  let from = prefix;
  for (let limit = FIRST_PAGE; ; limit = Math.min(limit * 10, LARGEST_PAGE)) {
    const parameters = [from, likePattern(literal), String(limit), ...range.parameters];
    // Whether the trigram index helps depends on the literal.
    const rows = await database.read(statement, parameters, until(call), false);
    const page = rows.map(([path, kind, bytes]) => ({
      key: text(path)!,
      kind: text(kind) ?? "",
      bytes: Number(text(bytes)),
    }));
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    from = `${page.at(-1)!.key}\u0001`;
  }
}

/**
 * A literal as it stands in JSON text, with what LIKE would interpret escaped. The beginning of a long one is
 * selective enough, and looking up more trigrams costs more.
 */
function likePattern(literal: string): string {
  // A character has two units at most.
  const start = [...literal.slice(0, 2 * MAX_PATTERN)].slice(0, MAX_PATTERN).join("");
  const json = JSON.stringify(start).slice(1, -1);
  return `%${json.replace(/[\\%_]/g, "\\$&")}%`;
}

async function* searchBatch(
  database: Database,
  table: Table,
  batch: readonly Candidate[],
  literal: string,
  call: Call & { limit: number },
): AsyncGenerator<FoundLines> {
  const inLines = batch
    .filter(({ kind }) => kind === "lines" && !literal.includes("\0"))
    .map(({ key }) => key);
  const parameters = [JSON.stringify(inLines), literal, String(call.limit)];
  const rows = inLines.length === 0 ? [] : await database.read(lines(table), parameters, until(call));
  const found = new Map(
    rows.map(([path, json]) => [text(path)!, JSON.parse(text(json) ?? "null") as FoundLine[] | null]),
  );
  for (const { key, kind } of batch) {
    const matches = kind === "lines" ? found.get(key) : null;
    if (matches === null) yield* searchFile(database, table, key, literal, call);
    else if (matches !== undefined) yield { key, lines: matches };
  }
}

/** A file in `bytes`, or in another program's form: fetched whole, one at a time. */
async function* searchFile(
  database: Database,
  table: Table,
  key: Key,
  literal: string,
  call: Call & { limit: number },
): AsyncGenerator<FoundLines> {
  const [file] = await getFiles(database, table, [key], call);
  if (RemoteBackendError.is(file)) yield { key, lines: [], error: file };
  if (!file || RemoteBackendError.is(file) || typeof file.content !== "string") return;
  const lines = takeLines(file.content, literal, call.limit);
  if (lines.length > 0) yield { key, lines };
}
