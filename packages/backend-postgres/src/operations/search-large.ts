import {
  BLOCK_BYTES,
  type CallOptions,
  cutLine,
  type FoundLine,
  type Key,
  type SearchOptions,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { cutFoundLines, type FoundInBlock, MARGIN_BYTES } from "../rows/found-lines.js";
import { IN_BYTES } from "../rows/row.js";
import { perTable, type Table } from "../rows/table.js";
import { readLines } from "./read-lines.js";

/** Number of texts to search concurrently, each on one connection. */
const TEXTS_AT_ONCE = 4;

/** Number of blocks that the first statement searches: few, for a search that ends early. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 256;

/** Maximum bytes of matching lines per text. */
const MAX_FOUND_BYTES = 32 * 1024 * 1024;

/** A text in `bytes` with a line index. */
interface LargeText {
  readonly key: Key;
  readonly version: string;
  readonly size: number;
}

/** Literal to search for, and the number of lines to take. */
interface Wanted {
  readonly pattern: Buffer;
  readonly limit: number;
  readonly options: CallOptions;
}

const texts = perTable(
  (table) => `
SELECT f.path, f.xmin::text, f.size::text
FROM ${table.rows} AS f
WHERE f.path = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))
  AND ${IN_BYTES} AND jsonb_typeof(f.content->'lines'->'before') = 'array'`,
);

/**
 * Query for blocks that contain the literal, with a margin for the surrounding lines. No other blocks are transferred.
 * `bytes` is stored uncompressed, so a block is read without the rest. OFFSET 0 keeps the planner from reading it again
 * for each use. Returns no row for a text that has changed.
 */
const blocks = perTable(
  (table) => `
SELECT block.number::text, f.content->'lines'->'before'->>block.number, encode(block.piece, 'hex')
FROM ${table.rows} AS f
LEFT JOIN LATERAL (
  SELECT number, piece
  FROM (SELECT value::int AS number FROM json_array_elements_text($3::text::json)) AS numbers
  CROSS JOIN LATERAL (
    SELECT substring(f.bytes
      FROM greatest(number * ${BLOCK_BYTES} - ${MARGIN_BYTES}, 0) + 1
      FOR least(number * ${BLOCK_BYTES}, ${MARGIN_BYTES}) + ${BLOCK_BYTES + MARGIN_BYTES} + length(decode($4::text, 'hex'))
    ) AS piece OFFSET 0) AS pieces
  WHERE position(decode($4::text, 'hex') IN piece) > 0) AS block ON true
WHERE f.path = $1::text AND f.xmin::text = $2::text`,
);

/**
 * Searches texts in `bytes` block by block.
 * @returns One result per key, in order: the lines, or `undefined` for a text that must be fetched because it has no
 *   line index or changed concurrently.
 */
export async function* searchLargeTexts(
  table: Table,
  keys: readonly Key[],
  pattern: string,
  options: SearchOptions,
): AsyncGenerator<readonly FoundLine[] | undefined> {
  if (keys.length === 0) return;
  const wanted = { pattern: Buffer.from(pattern), limit: options.limit, options };
  const known = await findTexts(table, keys, options);
  const search = async (key: Key) => {
    const found = known.get(key);
    return found && searchText(table, found, wanted);
  };
  // The first text by itself, for a search that ends early.
  for (let at = 0, count = 1; at < keys.length; at += count, count = TEXTS_AT_ONCE) {
    yield* await Promise.all(keys.slice(at, at + count).map(search));
  }
}

async function findTexts(
  table: Table,
  keys: readonly Key[],
  options: CallOptions,
): Promise<ReadonlyMap<Key, LargeText>> {
  const rows = await table.database.read(texts(table), [JSON.stringify(keys)], until(options));
  return new Map(
    rows.map(([column, version, size]) => {
      const key = text(column)!;
      return [key, { key, version: text(version)!, size: Number(text(size)) }];
    }),
  );
}

async function searchText(
  table: Table,
  { key, version, size }: LargeText,
  { pattern, limit, options }: Wanted,
): Promise<readonly FoundLine[] | undefined> {
  const numbers = Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, i) => i);
  const lines: FoundLine[] = [];
  let bytes = 0;
  const isEnough = () => lines.length >= limit || bytes > MAX_FOUND_BYTES;
  for (
    let at = 0, count = FIRST_BLOCKS;
    at < numbers.length && !isEnough();
    at += count, count = MOST_BLOCKS
  ) {
    const some = JSON.stringify(numbers.slice(at, at + count));
    const rows = await table.database.read(
      blocks(table),
      [key, version, some, pattern.toString("hex")],
      until(options),
    );
    if (rows.length === 0) return undefined;
    const found = rows
      .filter(([number]) => number !== null)
      .map(([number, before, piece]) => ({
        number: Number(text(number)),
        before: Number(text(before)),
        piece: Buffer.from(piece!.toString("latin1"), "hex"),
      }))
      .sort((a, b) => a.number - b.number);
    for (const block of found) {
      for (const line of cutFoundLines(block, size, pattern)) {
        if (isEnough()) break;
        // A line that spans two blocks is found in both.
        if (line.number === lines.at(-1)?.line) continue;
        const content = line.text ?? (await readLine(table, key, line, options));
        if (content === undefined) return undefined;
        const excerpt = cutLine(content, pattern.toString());
        lines.push({ line: line.number, text: excerpt });
        bytes += excerpt.length;
      }
    }
  }
  return lines;
}

/** Reads a line that extends beyond its block. */
async function readLine(
  table: Table,
  key: Key,
  { number }: FoundInBlock,
  options: CallOptions,
): Promise<string | undefined> {
  const window = await readLines(table, key, number - 1, 1, options);
  return typeof window === "object" ? window.lines[0] : undefined;
}
