import type { HistoryNames } from "./names.js";

/** Columns of the history table with their types. */
export const HISTORY_COLUMNS = {
  path: "text",
  version_id: "bigint",
  changed_tx: "bigint",
  changed_kind: "text",
  changed_by: "jsonb",
  changed_at: "timestamp with time zone",
  ended_id: "bigint",
  ended_tx: "bigint",
  ended_at: "timestamp with time zone",
  content: "jsonb",
  bytes: "bytea",
  created_at: "timestamp with time zone",
  modified_at: "timestamp with time zone",
  mime_type: "text",
  size: "bigint",
  write_ids: "text[]",
  ours_at: "timestamp with time zone",
};

/** Columns that are never NULL. */
const REQUIRED = new Set(["path", "version_id", "changed_tx", "changed_kind", "changed_at"]);

/** Path and kind of the row that says when the history begins. No file has an empty path. */
export const BEGIN = { path: "", kind: "begin" } as const;

/**
 * Kind of further rows with that path: the history of files under a prefix, which is their content, begins later. Their
 * `version_id` is negative, and `changed_tx` is the last transaction of which versions may be missing.
 */
export const LATER_BEGIN = "erased";

/** Kind of that row after the history was turned on again, until `resumeHistory` has run. */
export const RESUME = "resume";

/**
 * Returns the definition of the history table and its sequence. Content is moved out of the row early, so that listings
 * read little, and rows have room to be ended in place.
 */
export function createHistoryTable({ name, sequence }: HistoryNames): string[] {
  const columns = Object.entries(HISTORY_COLUMNS).map(
    ([column, type]) => `  ${column} ${type.toUpperCase()}${REQUIRED.has(column) ? " NOT NULL" : ""}`,
  );
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (\n${columns.join(",\n")}\n) WITH (toast_tuple_target = 128, fillfactor = 85)`,
    // Uncompressed, so that part of a large file can be read without the rest.
    `ALTER TABLE ${name} ALTER COLUMN bytes SET STORAGE EXTERNAL`,
    `CREATE SEQUENCE IF NOT EXISTS ${sequence} OWNED BY ${name}.version_id`,
  ];
}

/** Returns the definitions of the indexes by their name. */
export function createHistoryIndexes({ name, indexes }: HistoryNames): Readonly<Record<string, string>> {
  const { path, order, thread, time } = indexes;
  const on = (index: string, rest: string) => `INDEX IF NOT EXISTS ${index} ON ${name} ${rest}`;
  return {
    [path]: `CREATE UNIQUE ${on(path, "(path text_pattern_ops, version_id)")}`,
    [order]: `CREATE ${on(order, "(changed_tx, version_id)")}`,
    [thread]: `CREATE ${on(thread, "((changed_by->>'thread'), changed_tx, version_id) WHERE changed_by->>'thread' IS NOT NULL")}`,
    [time]: `CREATE ${on(time, "(changed_at)")}`,
  };
}

/** Returns the statement that lets the table be replicated, which has no primary key. */
export const setReplicaIdentity = ({ name, indexes }: HistoryNames): string =>
  `ALTER TABLE ${name} REPLICA IDENTITY USING INDEX ${indexes.path}`;

/** Returns the statement that records the beginning of the history, which is when its trigger is created. */
export const recordBegin = ({ name }: HistoryNames): string =>
  `
INSERT INTO ${name} (path, version_id, changed_tx, changed_kind, changed_at)
VALUES ('${BEGIN.path}', 0, 0, '${BEGIN.kind}', clock_timestamp())
ON CONFLICT (path, version_id) DO UPDATE SET changed_at = excluded.changed_at, changed_kind = '${RESUME}'`.trim();
