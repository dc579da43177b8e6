import { RemoteBackendError } from "@deepagents-remote/core";
import type { EraseVersionsOptions, Erasure, Key } from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { scopeCondition } from "../operations/delete.js";
import type { Table, TableNames } from "../rows/table.js";
import { isPermissionDenied } from "../setup/permission-denied.js";
import { originItem } from "./origin.js";
import { BEGIN, LATER_BEGIN } from "./schema.js";
import { ERASE } from "./trigger.js";

/** Number of versions to erase per statement. */
const BATCH = 1_000;

/**
 * Statement that erases files with their history. The trigger erases what the statement does not see: entries that
 * concurrent writers of a file committed before its row could be locked. Files are deleted first, so that locks are taken
 * in the order of a change.
 */
const eraseFiles = (table: TableNames, condition: string, parameter: number) => `
WITH gone AS (
  DELETE FROM ${table.name} AS f ${originItem(table, "USING", parameter)} WHERE (${condition}) RETURNING f.path
), erased AS (
  DELETE FROM ${table.history!.name} AS f
  WHERE (${condition}) AND f.path <> '${BEGIN.path}' AND (SELECT count(*) FROM gone) >= 0
  RETURNING f.path, f.changed_kind)
SELECT (SELECT count(*) FROM gone)::text, (
  (SELECT count(*) FROM erased WHERE changed_kind <> 'delete')
  + (SELECT count(*) FROM gone WHERE NOT EXISTS (SELECT FROM erased WHERE erased.path = gone.path)))::text`;

/**
 * Condition for versions that were replaced or deleted before a time. An entry of a deletion goes with the versions
 * before it.
 */
export const endedBefore = (time: string) => `(f.ended_at < ${time}
    OR f.changed_kind = 'delete' AND f.ended_at IS NULL AND f.changed_at < ${time})`;

const isErased = (condition: string, first: number) =>
  `(${condition}) AND f.path <> '${BEGIN.path}' AND ${endedBefore(`to_timestamp($${first}::text::float8 / 1000)`)}`;

/** Statement that records that the history of files begins at a time, before earlier versions are erased. */
const beginLater = (table: TableNames, condition: string, first: number) => {
  const history = table.history!.name;
  return `
WITH begin AS MATERIALIZED (
  SELECT least(to_timestamp($${first}::text::float8 / 1000), clock_timestamp()) AS at, coalesce((
    SELECT max(coalesce(f.ended_tx, f.changed_tx)) FROM ${history} AS f WHERE ${isErased(condition, first)}), 0) AS tx
), earlier AS (
  DELETE FROM ${history} AS f USING begin
  WHERE f.path = '${BEGIN.path}' AND f.version_id < 0 AND f.content = to_jsonb($${first + 1}::text)
    AND f.changed_at <= begin.at AND f.changed_tx <= begin.tx)
INSERT INTO ${history} (path, version_id, changed_tx, changed_kind, changed_at, content)
SELECT '${BEGIN.path}', -1 - floor(random() * 1e18)::bigint, tx, '${LATER_BEGIN}', at, to_jsonb($${first + 1}::text)
FROM begin
RETURNING changed_tx::text`;
};

/** Statement that removes beginnings of the history of erased files, which name them. */
const forgetBegin = (table: TableNames) => `
DELETE FROM ${table.history!.name} AS f
WHERE f.path = '${BEGIN.path}' AND f.version_id < 0
  AND (f.content = to_jsonb($1::text) OR starts_with(f.content #>> '{}', $2::text))`;

/** Statement that erases a batch of the versions that the beginning was recorded for. */
const eraseVersions = (table: TableNames, condition: string, first: number) => `
WITH erased AS (
  DELETE FROM ${table.history!.name} WHERE ctid = ANY (ARRAY (
    SELECT f.ctid FROM ${table.history!.name} AS f
    WHERE ${isErased(condition, first)} AND coalesce(f.ended_tx, f.changed_tx) <= $${first + 1}::text::bigint
      AND f.path ~>=~ $${first + 2}::text
    ORDER BY f.path USING ~<~ LIMIT ${BATCH}))
  RETURNING path, changed_kind)
SELECT count(*)::text, (count(*) FILTER (WHERE changed_kind <> 'delete'))::text,
  (SELECT path FROM erased ORDER BY path USING ~>~ LIMIT 1)
FROM erased`;

/** Erases files and versions for good. See `FileHistory.erase`. */
export async function erase(table: Table, key: Key, options: EraseVersionsOptions): Promise<Erasure> {
  const { before } = options;
  try {
    return before ? await eraseBefore(table, key, before, options) : await eraseAll(table, key, options);
  } catch (error) {
    throw withGrant(error, table, before ? "SELECT, INSERT, DELETE" : "SELECT, DELETE");
  }
}

async function eraseAll(table: Table, key: Key, options: EraseVersionsOptions): Promise<Erasure> {
  const [condition, parameters] = scopeCondition(key, options.scope);
  const statement = eraseFiles(table, condition, parameters.length + 1);
  const values = [...parameters, JSON.stringify({ kind: ERASE })];
  const [row] = await table.database.write(statement, values, until(options));
  const file = options.scope === "descendants" ? null : key;
  const prefix = options.scope === "file" ? null : key && `${key}/`;
  await table.database.write(forgetBegin(table), [file, prefix], until(options));
  return { files: Number(text(row?.[0])), versions: Number(text(row?.[1])) };
}

async function eraseBefore(
  table: Table,
  key: Key,
  before: Date,
  options: EraseVersionsOptions,
): Promise<Erasure> {
  const [condition, parameters] = scopeCondition(key, options.scope);
  const first = parameters.length + 1;
  const values = [...parameters, String(before.getTime())];
  const prefix = key === "" || options.scope === "file" ? key : `${key}/`;
  const begin = beginLater(table, condition, first);
  const [begun] = await table.database.write(begin, [...values, prefix], until(options));
  const statement = eraseVersions(table, condition, first);
  let versions = 0;
  for (let erased = BATCH, from = ""; erased === BATCH; ) {
    const [row] = await table.database.write(statement, [...values, text(begun![0])!, from], until(options));
    erased = Number(text(row?.[0]));
    versions += Number(text(row?.[1]));
    from = text(row?.[2] ?? undefined) ?? "";
  }
  return { files: 0, versions };
}

/** Adds the missing GRANT to a permission error. Returns other errors unchanged. */
export function withGrant(error: unknown, { history }: TableNames, privileges: string): unknown {
  if (!isPermissionDenied(error)) return error;
  return new RemoteBackendError(
    "permission-denied",
    "The database role lacks a privilege on the history table.",
    {
      cause: error,
      hint: `Let its owner run: GRANT ${privileges} ON ${history!.name} TO <role>;`,
    },
  );
}
