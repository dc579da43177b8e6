import { type Change, directoriesOf, MAX_WRITE_IDS } from "@deepagents-remote/core";
import { type ContentColumns, contentColumns } from "../row.js";

/** A change as a statement takes it, inside one JSON parameter. */
export interface ChangeRecord extends ContentColumns {
  readonly path: string;
  readonly id: string;
  /** Paths that must not be files. */
  readonly above: readonly string[];
}

export function changeRecord({ key, id, to }: Pick<Change, "key" | "id" | "to">): ChangeRecord {
  return { path: key, id, above: directoriesOf(key), ...contentColumns(key, to) };
}

/** The changes of a statement, bound as `$1`. */
export const CHANGES = `json_to_recordset($1::text::json) AS change
  (path text, id text, above json, content jsonb, bytes text, mime_type text, size bigint)`;

/** The chain after a write on the locked row `f`: the newest ids and, always, the creating one. */
export const chainWriteIds = (id: string) => `ARRAY[${id}] || CASE
    WHEN coalesce(cardinality(f.write_ids), 0) < ${MAX_WRITE_IDS} THEN f.write_ids
    ELSE f.write_ids[1:${MAX_WRITE_IDS - 2}] || f.write_ids[cardinality(f.write_ids):]
  END`;
