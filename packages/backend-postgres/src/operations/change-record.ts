import {
  type CallTime,
  type Change,
  directoriesOf,
  type Key,
  MAX_WRITE_IDS,
} from "@deepagents-remote/core/adapter";
import type { Parameter } from "../connection/parameters.js";
import { base64Slices } from "../rows/base64.js";
import { type ContentColumns, contentColumns } from "../rows/row.js";

/** A change in the form that statements take. */
export interface ChangeRecord extends ContentColumns {
  readonly key: Key;
  readonly id: string;
  /** Keys of the ancestors, which must not be files. */
  readonly above: readonly Key[];
}

/**
 * Converts a change to its record.
 * @throws RemoteBackendError `timeout`
 */
export async function changeRecord(
  change: Pick<Change, "key" | "id" | "content" | "isText">,
  options?: CallTime,
): Promise<ChangeRecord> {
  const { key, id } = change;
  const { content, bytes, mime_type, size } = await contentColumns(key, change, options);
  return { key, id, above: directoriesOf(key), content, bytes, mime_type, size };
}

/** Returns the parameters of a statement that reads changes from `ONE` or `MANY`. */
export function changeParameters(records: readonly ChangeRecord[]): readonly Parameter[] {
  if (records.length > 1) return [JSON.stringify(records.map(inJson))];
  const { key, id, above, content, bytes, mime_type, size } = records[0]!;
  return [key, id, JSON.stringify(above), contentParameter(content), bytes, mime_type, String(size)];
}

/** Returns the parameter for the column `content`. */
export const contentParameter = (content: ContentColumns["content"]): Parameter =>
  content instanceof Uint8Array ? { utf8: content } : JSON.stringify(content);

const inJson = (record: ChangeRecord) => ({
  ...record,
  content:
    record.content instanceof Uint8Array
      ? JSON.parse(Buffer.from(record.content).toString())
      : record.content,
  bytes: record.bytes && [...base64Slices(record.bytes)].join(""),
});

/**
 * FROM item with one change as the row of `change`. Uses one parameter per column, because JSON would be parsed twice.
 */
export const ONE = `(SELECT $1::text AS key, $2::text AS id, $3::text::json AS above, $4::text::jsonb AS content,
  $5::text AS bytes, $6::text AS mime_type, $7::text::bigint AS size) AS change`;

/** FROM item with any number of changes as rows of `change`. */
export const MANY = `json_to_recordset($1::text::json) AS change
  (key text, id text, above json, content jsonb, bytes text, mime_type text, size bigint)`;

/**
 * Expression for the key of a conflicting file: an ancestor or a descendant of the change. Written to force index
 * lookups regardless of statistics: the planner assumes that an EXISTS is satisfied after scanning a few rows.
 */
export const obstacle = (table: string) => `coalesce(
  (SELECT above.path FROM json_array_elements_text(change.above) AS directory (key),
    LATERAL (SELECT f.path FROM ${table} AS f WHERE f.path = directory.key LIMIT 1) AS above LIMIT 1),
  (SELECT below.path FROM ${table} AS below
    WHERE below.path ~>=~ (change.key || '/') AND below.path ~<~ (change.key || '0') AND below.path NOT LIKE '%/'
    ORDER BY below.path USING ~<~ LIMIT 1))`;

/**
 * Expression for the write-id chain after a write to the locked row `f`: the newest ids and always the creating one.
 */
export const chainWriteIds = (id: string) => `ARRAY[${id}] || CASE
    WHEN coalesce(cardinality(f.write_ids), 0) < ${MAX_WRITE_IDS} THEN f.write_ids
    ELSE f.write_ids[1:${MAX_WRITE_IDS - 2}] || f.write_ids[cardinality(f.write_ids):]
  END`;
