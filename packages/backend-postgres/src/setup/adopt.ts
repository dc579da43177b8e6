import { text } from "../connection/statement.js";
import type { Table, TableNames } from "../rows/table.js";
import { runLocked, sqlState } from "./locked.js";
import { isPermissionDenied } from "./permission-denied.js";

/**
 * Maximum rows that one transaction renames, and maximum bytes of their stored content, which a search index reads
 * again.
 */
const BATCH_ROWS = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Maximum key of a row that can be renamed to an older twin, in bytes: keys of more than 1,024 bytes cannot be read.
 */
const LONGEST_TWIN = 1_000;

/** SQLSTATEs of races: a file was created concurrently under the new name, or writers locked rows in another order. */
const RACES = new Set(["23505", "40P01"]);

/**
 * Maximum consecutive batches that rename nothing, because of concurrent renames or because the rows are hidden from
 * this role.
 */
const MAX_FRUITLESS = 5;

/** Condition for uploads of the Python package. '0' is the character after '/'. */
const UPLOADS = "f.path ~>=~ '/' AND f.path ~<~ '0'";

/**
 * Condition for uploads that become visible once their slash is removed. Skips names that would be empty or still start
 * with a slash, and twins whose new name would be too long. A file that becomes a directory as well is accepted, as
 * after a race.
 */
const adoptable = (table: TableNames) => `${UPLOADS} AND f.path <> '/' AND f.path NOT LIKE '//%' AND (
      octet_length(f.path) <= ${LONGEST_TWIN}
      OR NOT EXISTS (SELECT FROM ${table.name} AS twin WHERE twin.path = substr(f.path, 2)))`;

/**
 * Query for the first upload. Uses the order of the index: otherwise PostgreSQL might scan the table if there is none.
 */
export const firstUpload = (table: TableNames) => `
SELECT FROM ${table.name} AS f WHERE ${adoptable(table)} ORDER BY f.path USING ~<~ LIMIT 1`;

const count = (table: TableNames) => `
SELECT count(*)::text FROM (
  SELECT FROM ${table.name} AS f WHERE ${UPLOADS} ORDER BY f.path USING ~<~ LIMIT ${BATCH_ROWS}) AS uploads`;

const batch = (table: TableNames) => `
batch AS (
  SELECT path, key, modified_at FROM (
    SELECT f.path, substr(f.path, 2) AS key, f.modified_at,
      sum(pg_column_size(f.content)) OVER (ORDER BY f.path USING ~<~) - pg_column_size(f.content) AS bytes_before
    FROM ${table.name} AS f
    WHERE ${adoptable(table)}
    ORDER BY f.path USING ~<~ LIMIT ${BATCH_ROWS}) AS uploads
  WHERE bytes_before < ${BATCH_BYTES})`;

/**
 * Renames the older of two twins. A twin that is modified concurrently may have become the newer one, and is left for
 * the next batch. The series of numbers is limited in a subquery: a planner that expects a million numbers JIT-compiles
 * the statement, which takes longer than running it.
 */
const renameOlderTwins = (table: TableNames) => `
WITH ${batch(table)}, older AS (
  SELECT batch.key, least(batch.modified_at, twin.modified_at) AS modified_at,
    CASE WHEN twin.modified_at < batch.modified_at THEN twin.path ELSE batch.path END AS path
  FROM batch JOIN ${table.name} AS twin ON twin.path = batch.key
), renamed AS (
  UPDATE ${table.name} AS f SET path = (
    SELECT free.key FROM (
      SELECT older.key || '.older-twin' || CASE n WHEN 1 THEN '' ELSE '-' || n END AS key
      FROM (SELECT generate_series(1, (SELECT 1000000)) AS n) AS numbers) AS free
    WHERE NOT EXISTS (SELECT FROM ${table.name} AS taken WHERE taken.path IN (free.key, '/' || free.key))
    LIMIT 1)
  FROM older WHERE f.path = older.path AND f.modified_at = older.modified_at
  RETURNING 1)
SELECT count(*)::text FROM renamed`;

const dropSlashes = (table: TableNames) => `
WITH ${batch(table)}, renamed AS (
  UPDATE ${table.name} AS f SET path = batch.key
  FROM batch
  WHERE f.path = batch.path
    AND NOT EXISTS (SELECT FROM ${table.name} AS twin WHERE twin.path = batch.key)
  RETURNING 1)
SELECT count(*)::text FROM renamed`;

/**
 * Renames files that the Python package uploaded, whose paths start with a slash. If the name without the slash is
 * taken, because a file was both written and uploaded, the newer one keeps it and the older one becomes
 * `<path>.older-twin`, `.older-twin-2` and so on. Only paths change. Each batch is a separate transaction, so a retry
 * after a failure continues where it stopped. Rows that cannot be renamed, or that this role may not rename, are left
 * unchanged.
 */
export async function adoptUploads(table: Table, lockTimeoutMs: number, signal: AbortSignal): Promise<void> {
  try {
    for (let fruitless = 0; fruitless < MAX_FRUITLESS; ) {
      const uploads = await table.database.read(firstUpload(table), [], signal);
      if (uploads.length === 0) return;
      const renamed = await adoptBatch(table, lockTimeoutMs, signal);
      fruitless = renamed === 0 ? fruitless + 1 : 0;
    }
  } catch (error) {
    if (!isPermissionDenied(error)) throw error;
  }
}

/** Renames one batch and returns the number of renamed rows. */
async function adoptBatch(table: Table, lockTimeoutMs: number, signal: AbortSignal): Promise<number> {
  try {
    const statements = [renameOlderTwins(table), dropSlashes(table)];
    const rows = await runLocked(table.database, statements, lockTimeoutMs, signal);
    const counts = rows.slice(-statements.length).map(([renamed]) => Number(text(renamed)));
    return counts.reduce((sum, renamed) => sum + renamed, 0);
  } catch (error) {
    if (RACES.has(sqlState(error))) return 0;
    throw error;
  }
}

/** Counts invisible rows, whose paths start with a slash, up to 1,000. */
export async function countUploads(table: Table, signal: AbortSignal): Promise<number> {
  const [row] = await table.database.read(count(table), [], signal);
  return Number(text(row?.[0]));
}
