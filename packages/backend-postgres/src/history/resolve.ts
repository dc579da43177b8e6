import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  type Key,
  type PointInTime,
  type Snapshot,
  unknownPoint,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { type PrefixRange, prefixRange } from "../operations/prefix-range.js";
import type { Table, TableNames } from "../rows/table.js";
import { allEntries } from "./entries.js";
import { BEGIN } from "./schema.js";
import { type Moment, placeOf, snapshotOf } from "./version-id.js";

/** Moment of a point in time, and its time in microseconds; without one it is from before the history. */
interface Found {
  readonly moment: Moment;
  readonly us: string | undefined;
}

/** Resolves a point in time. See `FileHistory.resolve`. */
export async function resolvePoint(
  table: Table,
  point: PointInTime,
  options: CallOptions,
): Promise<Snapshot> {
  const found = await find(table, point, options);
  if (found === undefined) throw unknownPoint(point);
  // Asked last: a later beginning is recorded before versions are erased.
  const begin = await findLaterBegin(table, found, options);
  if (begin !== undefined) {
    if (point instanceof Date && point >= begin) throw new RemoteBackendError("unavailable", HELD_BACK);
    throw unknownPoint(point, begin);
  }
  return snapshotOf(found.moment);
}

const HELD_BACK = "A transaction has been open since before versions of these files were erased.";

function find(table: Table, point: PointInTime, options: CallOptions): Promise<Found | undefined> {
  if (point instanceof Date) return findTime(table, point, options);
  if ("version" in point) return findVersion(table, point.version, options);
  return findCheckpoint(table, point.thread, point.checkpoint, options);
}

/** Beginnings of the history of the whole table, or of files that may be below a root. */
const laterBegin = (table: TableNames) => `
SELECT floor(extract(epoch FROM max(begin.changed_at)) * 1000)::text
FROM (
  SELECT changed_at, changed_tx, version_id, content #>> '{}' AS prefix
  FROM ${table.history!.name} WHERE path = '${BEGIN.path}' OFFSET 0) AS begin
WHERE (version_id = 0 OR starts_with(prefix, $1::text)
    OR (prefix = '' OR right(prefix, 1) = '/') AND starts_with($1::text, prefix))
  AND (${microseconds("begin.changed_at")}::bigint > $2::text::bigint OR changed_tx > 0 AND changed_tx >= $3::text::bigint)`;

/** Returns the time at which the history begins, if that is after a moment. */
async function findLaterBegin(table: Table, { moment, us }: Found, options: CallOptions) {
  const tx = "us" in moment ? moment.openTx : moment.tx;
  const parameters = [options.root, us ?? null, tx];
  const [row] = await table.database.read(laterBegin(table), parameters, until(options));
  const begin = text(row?.[0] ?? undefined);
  return begin === undefined ? undefined : new Date(Number(begin));
}

const microseconds = (time: string) => `floor(extract(epoch FROM ${time}) * 1000000)::bigint::text`;

/**
 * Expression for the first transaction whose changes up to now may not be visible yet. One that is still running is
 * ruled out if it has changed no file: it then has no lock to write the table. A standby does not know the locks.
 */
const firstUnseen = (table: TableNames) => `
(WITH present AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
locks AS MATERIALIZED (
  SELECT locktype, database, relation, transactionid, virtualtransaction, mode FROM pg_locks WHERE granted
), idle AS (
  SELECT transactionid::text AS id FROM locks AS own
  WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND NOT EXISTS (
    SELECT FROM locks AS l
    WHERE l.virtualtransaction = own.virtualtransaction AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.relation = '${table.name.replaceAll("'", "''")}'::regclass)
)
SELECT CASE
    WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(snapshot)::text::bigint
    ELSE coalesce(
      (SELECT min(running::text::bigint) FROM pg_snapshot_xip(snapshot) AS running
        WHERE NOT (
          EXISTS (SELECT FROM idle WHERE idle.id = (running::text::bigint % 4294967296)::text)
          -- Asked after the locks were read: a transaction that has ended gives them up.
          AND pg_xact_status(running) = 'in progress')),
      pg_snapshot_xmax(snapshot)::text::bigint)
    END
  FROM present)`;

async function findTime(table: Table, point: Date, options: CallOptions): Promise<Found> {
  // Changes up to now() were made by transactions that are over or running in the statement's snapshot.
  const times = `SELECT ${microseconds("now()")}, (${firstUnseen(table)} + ${table.history!.offset})::text`;
  const [row] = await table.database.read(times, [], until(options));
  // Times of entries have microseconds, which a Date cuts off. Later changes are not part of a time to come.
  const end = (point.getTime() + 1) * 1_000;
  const us = String(Math.min(end, Number(text(row?.[0]))));
  return { moment: { us, openTx: text(row?.[1])! }, us: String(end - 1) };
}

/** @param entries FROM item of the entries to search, as `f`. */
const versionBelow = (entries: string, range: PrefixRange) => `
SELECT ${microseconds("f.changed_at")} FROM ${entries}
WHERE f.changed_tx = $1::text::bigint AND f.version_id = $2::text::bigint AND ${range.condition}
LIMIT 1`;

async function findVersion(table: Table, version: string, options: CallOptions): Promise<Found | undefined> {
  const place = placeOf(version);
  if (place === undefined) return undefined;
  // Version 0 is from before the history, which has no row of it while the file stays as it was.
  const entries = place.id === "0" ? allEntries(table) : `${table.history!.name} AS f`;
  const range = prefixRange(options.root, 3);
  const parameters = [place.tx, place.id, ...range.parameters];
  const [row] = await table.database.read(versionBelow(entries, range), parameters, until(options));
  return row && { moment: place, us: place.id === "0" ? undefined : text(row[0]) };
}

/** First change of a thread at a checkpoint or a later one. */
const firstChange = (table: TableNames, range: PrefixRange) => `
SELECT f.changed_tx::text, (f.version_id - 1)::text, ${microseconds("f.changed_at")}
FROM ${table.history!.name} AS f
WHERE f.changed_by->>'thread' = $1::text AND f.changed_by->>'checkpoint' COLLATE "C" >= $2::text
  AND ${range.condition}
ORDER BY f.changed_tx, f.version_id LIMIT 1`;

async function findCheckpoint(
  table: Table,
  thread: string,
  checkpoint: string,
  options: CallOptions,
): Promise<Found | undefined> {
  const range = prefixRange(options.root satisfies Key, 3);
  const parameters = [thread, checkpoint, ...range.parameters];
  const [row] = await table.database.read(firstChange(table, range), parameters, until(options));
  return row && { moment: { tx: text(row[0])!, id: text(row[1])! }, us: text(row[2]) };
}
