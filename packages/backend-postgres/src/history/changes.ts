import type {
  CallOptions,
  Key,
  ListChangesOptions,
  Snapshot,
  VersionEntry,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { type PrefixRange, prefixRange } from "../operations/prefix-range.js";
import type { Table, TableNames } from "../rows/table.js";
import { ENTRY_COLUMNS, recordedEntries, versionEntry } from "./entries.js";
import { momentConditions, momentOf, placeOf } from "./version-id.js";

/** Number of keys per page of `changedSince`. */
const PAGE = 1_000;

/**
 * Expression for the first transaction id that a running transaction of this database may have, or a later one will get.
 * Transactions of other databases are recognized by their lock on their own id. A standby does not know the databases.
 */
const FIRST_OPEN = `(SELECT CASE
    WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(snapshot)::text::bigint
    ELSE coalesce(
      (SELECT min(running::text::bigint) FROM pg_snapshot_xip(snapshot) AS running WHERE NOT EXISTS (
        SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid JOIN pg_database AS d ON d.oid = a.datid
        WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
          AND l.transactionid::text = (running::text::bigint % 4294967296)::text
          AND d.datname <> current_database())),
      pg_snapshot_xmax(snapshot)::text::bigint)
    END
  FROM (SELECT pg_current_snapshot() AS snapshot) AS present)`;

/** Condition for changes before which none can appear any more. */
const isFinal = (table: TableNames) => `f.changed_tx < ${FIRST_OPEN} + ${table.history!.offset}`;

const changes = (table: TableNames, range: PrefixRange, thread: string) => `
SELECT ${ENTRY_COLUMNS}
FROM ${recordedEntries(table)}
WHERE (f.changed_tx, f.version_id) > ($1::text::bigint, $2::text::bigint)
  AND f.version_id > 0 AND ${isFinal(table)} AND ${range.condition}${thread}
ORDER BY f.changed_tx, f.version_id
LIMIT $3::text::bigint`;

/** Reads changes under a prefix, oldest first. See `FileHistory.changes`. */
export async function readChanges(
  table: Table,
  prefix: string,
  options: ListChangesOptions,
): Promise<readonly VersionEntry[]> {
  const { limit, since, thread } = options;
  const place = since === undefined ? { tx: "0", id: "0" } : placeOf(since);
  if (place === undefined) return [];
  const range = prefixRange(prefix, 4, false);
  const isInThread =
    thread === undefined ? "" : ` AND f.changed_by->>'thread' = $${4 + range.parameters.length}::text`;
  const parameters = [
    place.tx,
    place.id,
    String(limit),
    ...range.parameters,
    ...(thread === undefined ? [] : [thread]),
  ];
  // Never prepared, because the best plan depends on how many of the changes are under the prefix.
  const statement = changes(table, range, isInThread);
  const rows = await table.database.read(statement, parameters, until(options), false);
  return rows.map(versionEntry);
}

const changed = (table: TableNames, range: PrefixRange, isLater: string) => `
SELECT f.path
FROM ${table.history!.name} AS f
WHERE ${isLater} AND f.path ~>~ $1::text AND ${range.condition}
GROUP BY f.path
ORDER BY f.path USING ~<~
LIMIT ${PAGE}`;

/** Lists the keys of files that changed after a snapshot. See `FileHistory.changedSince`. */
export async function* listChanged(
  table: Table,
  prefix: string,
  snapshot: Snapshot,
  options: CallOptions,
): AsyncGenerator<readonly Key[]> {
  const range = prefixRange(prefix, 2, false);
  const { isLater, parameters } = momentConditions(momentOf(snapshot), 2 + range.parameters.length);
  const statement = changed(table, range, isLater);
  for (let after = ""; ; ) {
    const rows = await table.database.read(
      statement,
      [after, ...range.parameters, ...parameters],
      until(options),
      false,
    );
    const keys = rows.map(([key]) => text(key)!);
    if (keys.length > 0) yield keys;
    if (keys.length < PAGE) return;
    after = keys.at(-1)!;
  }
}
