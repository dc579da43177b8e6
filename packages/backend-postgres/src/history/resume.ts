import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";
import { BEGIN } from "./schema.js";

/** Number of files to compare per statement. */
const PAGE = 10_000;

/**
 * Statement that updates the files of a page which changed while there was no trigger, without changing them, so that
 * the trigger records their present version.
 */
const noOpUpdate = (table: Table, history: string) => `
WITH page AS (
  SELECT f.path, f.modified_at FROM ${table.name} AS f
  WHERE f.path ~>~ $1::text ORDER BY f.path USING ~<~ LIMIT ${PAGE}
), recorded AS (
  UPDATE ${table.name} AS f SET path = f.path FROM page
  WHERE f.path = page.path AND f.modified_at = page.modified_at
    AND EXISTS (SELECT FROM ${history} AS h WHERE h.path = page.path)
    AND NOT EXISTS (
      SELECT FROM ${history} AS h
      WHERE h.path = page.path AND h.ended_id IS NULL AND h.modified_at = page.modified_at)
)
SELECT path FROM page ORDER BY path USING ~>~ LIMIT 1`;

/** Records the present version of files that changed while the history was turned off. */
export async function resumeHistory(table: Table, signal: AbortSignal): Promise<void> {
  const { name } = table.history!;
  for (let after: string | undefined = ""; after !== undefined; ) {
    const [row] = await table.database.write(noOpUpdate(table, name), [after], signal);
    after = text(row?.[0]);
  }
  await table.database.write(
    `UPDATE ${name} SET changed_kind = $1::text WHERE path = '${BEGIN.path}' AND version_id = 0`,
    [BEGIN.kind],
    signal,
  );
}
