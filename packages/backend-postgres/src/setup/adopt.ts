import type { Database } from "../connection/database.js";
import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";
import { isDenied } from "./denied.js";
import { runLocked, sqlState } from "./locked.js";

/** What one transaction renames at most: rows, and bytes of their content as stored, which a search index reads again. */
const BATCH_ROWS = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Longest path of a row that may get the name of an older twin, in bytes: what can be read ends at 1,024. */
const LONGEST_TWIN = 1_000;

/** A file was created at the name of an upload at the same time, or writers locked rows in another order. */
const RACES = new Set(["23505", "40P01"]);

/** Batches in a row that may rename nothing, because others were faster or the rows are hidden from this role. */
const MAX_FRUITLESS = 5;

/** '0' is the character behind '/'. */
const UPLOADS = "f.path ~>=~ '/' AND f.path ~<~ '0'";

/**
 * Those that can be seen under their name without the slash. Left as they are: names that would be empty or still start
 * with a slash, and twins whose other name would be too long. A file that becomes a directory as well can be both, as
 * after a race.
 */
const adoptable = (table: Table) => `${UPLOADS} AND f.path <> '/' AND f.path NOT LIKE '//%' AND (
      octet_length(f.path) <= ${LONGEST_TWIN}
      OR NOT EXISTS (SELECT FROM ${table.name} AS twin WHERE twin.path = substr(f.path, 2)))`;

/** In the order of the index, or PostgreSQL might look through the table for what is not there. */
export const firstUpload = (table: Table) => `
SELECT FROM ${table.name} AS f WHERE ${adoptable(table)} ORDER BY f.path USING ~<~ LIMIT 1`;

const count = (table: Table) => `
SELECT count(*)::text FROM (
  SELECT FROM ${table.name} AS f WHERE ${UPLOADS} ORDER BY f.path USING ~<~ LIMIT ${BATCH_ROWS}) AS uploads`;

const batch = (table: Table) => `
batch AS (
  SELECT path, name, modified_at FROM (
    SELECT f.path, substr(f.path, 2) AS name, f.modified_at,
      sum(pg_column_size(f.content)) OVER (ORDER BY f.path USING ~<~) - pg_column_size(f.content) AS bytes_before
    FROM ${table.name} AS f
    WHERE ${adoptable(table)}
    ORDER BY f.path USING ~<~ LIMIT ${BATCH_ROWS}) AS uploads
  WHERE bytes_before < ${BATCH_BYTES})`;

/**
 * A twin that is modified meanwhile may be the newer one now, and is left for the next batch. The numbers end in a
 * subquery, because a planner that foresees a million of them compiles the statement, which takes longer than running it.
 */
const moveOlderTwins = (table: Table) => `
WITH ${batch(table)}, older AS (
  SELECT batch.name, least(batch.modified_at, twin.modified_at) AS modified_at,
    CASE WHEN twin.modified_at < batch.modified_at THEN twin.path ELSE batch.path END AS path
  FROM batch JOIN ${table.name} AS twin ON twin.path = batch.name
), moved AS (
  UPDATE ${table.name} AS f SET path = (
    SELECT free.path FROM (
      SELECT older.name || '.older-twin' || CASE n WHEN 1 THEN '' ELSE '-' || n END AS path
      FROM (SELECT generate_series(1, (SELECT 1000000)) AS n) AS numbers) AS free
    WHERE NOT EXISTS (SELECT FROM ${table.name} AS taken WHERE taken.path IN (free.path, '/' || free.path))
    LIMIT 1)
  FROM older WHERE f.path = older.path AND f.modified_at = older.modified_at
  RETURNING 1)
SELECT count(*)::text FROM moved`;

const dropSlashes = (table: Table) => `
WITH ${batch(table)}, moved AS (
  UPDATE ${table.name} AS f SET path = batch.name
  FROM batch
  WHERE f.path = batch.path
    AND NOT EXISTS (SELECT FROM ${table.name} AS twin WHERE twin.path = batch.name)
  RETURNING 1)
SELECT count(*)::text FROM moved`;

/**
 * Renames files that the Python package uploaded, whose paths start with a slash. When the name is taken, by the same
 * file once written and once uploaded, the newer keeps it and the older becomes `<path>.older-twin`, or
 * `.older-twin-2` and so on. Only paths change. Each batch is a transaction of its own, so whoever repeats it after a
 * failure goes on where it ended. What cannot be renamed stays as it is, all of it for a role that may not.
 */
export async function adoptUploads(
  database: Database,
  table: Table,
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let fruitless = 0; fruitless < MAX_FRUITLESS; ) {
      const uploads = await database.read(firstUpload(table), [], signal);
      if (uploads.length === 0) return;
      const moved = await adoptBatch(database, table, lockTimeoutMs, signal);
      fruitless = moved === 0 ? fruitless + 1 : 0;
    }
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
}

/** Answers how many rows it renamed. */
async function adoptBatch(
  database: Database,
  table: Table,
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  try {
    const statements = [moveOlderTwins(table), dropSlashes(table)];
    const rows = await runLocked(database, statements, lockTimeoutMs, signal);
    const counts = rows.slice(-statements.length).map(([moved]) => Number(text(moved)));
    return counts.reduce((sum, moved) => sum + moved, 0);
  } catch (error) {
    if (RACES.has(sqlState(error))) return 0;
    throw error;
  }
}

/** How many rows start with a slash and are not seen; counted up to 1,000. */
export async function countUploads(database: Database, table: Table, signal: AbortSignal): Promise<number> {
  const [row] = await database.read(count(table), [], signal);
  return Number(text(row?.[0]));
}
