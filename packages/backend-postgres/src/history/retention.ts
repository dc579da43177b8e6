import { RemoteBackendError } from "@deepagents-remote/core";
import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";
import { endedBefore } from "./erase.js";
import { BEGIN } from "./schema.js";

/** Number of versions to delete per statement. */
const BATCH = 1_000;

/** Maximum number of statements per call, which operations wait for. */
const MAX_BATCHES = 5;

/**
 * Returns the statement that deletes expired versions. The history then begins where they ended.
 * @param limit Maximum number of versions; default: all.
 */
export const expire = (history: string, days: number, limit?: number) => {
  const time = `now() - interval '${days} days'`;
  return `WITH expired AS (
  DELETE FROM ${history} WHERE ctid = ANY (ARRAY (
    SELECT f.ctid FROM ${history} AS f
    WHERE f.changed_at < ${time} AND f.path <> '${BEGIN.path}' AND ${endedBefore(time)}${limit ? ` LIMIT ${limit}` : ""}))
  RETURNING ended_tx, changed_tx
), moved AS (
  UPDATE ${history} SET changed_at = greatest(changed_at, ${time}),
    changed_tx = greatest(changed_tx, (SELECT max(coalesce(expired.ended_tx, expired.changed_tx)) FROM expired))
  WHERE path = '${BEGIN.path}' AND version_id = 0 AND EXISTS (SELECT FROM expired))
SELECT count(*)::text FROM expired`;
};

/** Deletes expired versions in a few batches; the next call goes on with a backlog. A failure is left to the next one. */
export async function expireVersions(table: Table, days: number, signal: AbortSignal): Promise<void> {
  const statement = expire(table.history!.name, days, BATCH);
  try {
    for (let batch = 0, deleted = BATCH; batch < MAX_BATCHES && deleted === BATCH; batch++) {
      const [row] = await table.database.write(statement, [], signal);
      deleted = Number(text(row?.[0]));
    }
  } catch (error) {
    if (!RemoteBackendError.is(error)) throw error;
  }
}
