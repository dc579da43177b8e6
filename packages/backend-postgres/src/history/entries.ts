import type { Author, ChangeKind, VersionEntry } from "@deepagents-remote/core/adapter";
import { type Column, text } from "../connection/statement.js";
import { FILE_SIZE } from "../operations/list.js";
import type { TableNames } from "../rows/table.js";
import { BEGIN } from "./schema.js";
import { FILE_DETAILS } from "./trigger.js";
import { versionId } from "./version-id.js";

const PLACES = [
  "version_id",
  "changed_tx",
  "changed_kind",
  "changed_by",
  "changed_at",
  "ended_id",
  "ended_tx",
  "ended_at",
];

/**
 * SELECT of the recorded entries. Like the table, its rows have the columns of a file, with the version's id as `xmin`;
 * the content of the current version is in the table. LIMIT keeps the planner from reading the whole table for a join.
 * `is_file` is false for deletions, and for versions that were replaced while there was no trigger.
 */
const recorded = (table: TableNames) => `
  SELECT h.path, ${[...PLACES, ...FILE_DETAILS].map((column) => `h.${column}`).join(", ")},
    ${versionId("h")} AS xmin, present.version AS current,
    CASE WHEN h.ended_id IS NULL THEN present.content ELSE h.content END AS content,
    CASE WHEN h.ended_id IS NULL THEN present.bytes ELSE h.bytes END AS bytes,
    CASE WHEN h.ended_id IS NULL THEN present.version IS NOT NULL ELSE h.content IS NOT NULL END AS is_file
  FROM ${table.history!.name} AS h
  LEFT JOIN LATERAL (
    SELECT f.xmin::text AS version, f.content, f.bytes FROM ${table.rows} AS f
    WHERE h.ended_id IS NULL AND f.path = h.path AND f.modified_at = h.modified_at LIMIT 1) AS present ON true
  WHERE h.path <> '${BEGIN.path}'`;

/**
 * SELECT of files that have not changed since the history began, as entries. OFFSET 0 keeps the planner from reading the
 * whole history for a join.
 */
const unchanged = (table: TableNames) => `
  SELECT f.path, 0::bigint AS version_id, 0::bigint AS changed_tx, 'create' AS changed_kind, NULL::jsonb AS changed_by,
    f.modified_at AS changed_at, NULL::bigint AS ended_id, NULL::bigint AS ended_tx, NULL::timestamptz AS ended_at,
    ${FILE_DETAILS.map((column) => `f.${column}`).join(", ")},
    '0.0' AS xmin, f.xmin::text AS current, f.content, f.bytes, true AS is_file
  FROM ${table.rows} AS f
  WHERE NOT EXISTS (SELECT FROM ${table.history!.name} AS h WHERE h.path = f.path OFFSET 0)`;

/** FROM item with the recorded entries as `f`. */
export const recordedEntries = (table: TableNames) => `(${recorded(table)}) AS f`;

/** FROM item with files that have not changed since the history began, as `f`. */
export const unchangedFiles = (table: TableNames) => `(${unchanged(table)}) AS f`;

/** FROM item with all entries as `f`. */
export const allEntries = (table: TableNames) => `(${recorded(table)}
  UNION ALL ${unchanged(table)}) AS f`;

/** Columns that `versionEntry` takes. */
export const ENTRY_COLUMNS = `f.path, f.xmin, f.changed_kind, f.changed_by::text,
  (extract(epoch FROM f.changed_at) * 1000)::text, (${FILE_SIZE})::text, f.current`;

/** Decodes a row into an entry. */
export function versionEntry(row: readonly Column[]): VersionEntry {
  const [key, id, kind, by, at, size, current] = row.map((column) => text(column ?? undefined));
  return {
    key: key!,
    id: id!,
    kind: kind as ChangeKind,
    at: new Date(Number(at)),
    ...(size !== undefined && kind !== "delete" && { size: Number(size) }),
    ...(by !== undefined && { by: JSON.parse(by) as Author }),
    ...(current !== undefined && { current }),
  };
}
