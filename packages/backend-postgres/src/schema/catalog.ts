import { RemoteBackendError } from "@deepagents-remote/core";
import type { Table } from "../table.js";

/** What the database says of the table, as far as we depend on it. */
export interface Catalog {
  readonly encoding: string;
  readonly schemaExists: boolean;
  /** `null` when there is no such relation. */
  readonly kind: string | null;
  /** Types by column name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly uniquePath: boolean;
  readonly prefixIndex: boolean;
}

/** Catalogs only, so it takes no lock on the table and works for a role that may only use it. */
export const READ_CATALOG = `
SELECT json_build_object(
  'encoding', current_setting('server_encoding'),
  'schemaExists', $2::text IS NULL OR to_regnamespace($2::text) IS NOT NULL,
  'kind', (SELECT relkind FROM pg_class WHERE oid = to_regclass($1::text)),
  'columns', (
    SELECT coalesce(json_object_agg(attname, format_type(atttypid, NULL)), '{}')
    FROM pg_attribute
    WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped),
  'uniquePath', EXISTS (
    SELECT FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = to_regclass($1::text) AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
      AND i.indpred IS NULL AND a.attname = 'path'),
  'prefixIndex', EXISTS (
    SELECT FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    WHERE i.indrelid = to_regclass($1::text) AND i.indisvalid AND i.indpred IS NULL
      AND a.attname = 'path' AND o.opcname = 'text_pattern_ops')
)::text`;

/** Parameters of `READ_CATALOG`. */
export const catalogParameters = (table: Table) => [table.name, table.schema ?? null];

/** The columns that the Python package creates, and its types. */
const SHARED_COLUMNS = {
  path: "text",
  content: "jsonb",
  created_at: "timestamp with time zone",
  modified_at: "timestamp with time zone",
};

/** Columns of our own, nullable so that the Python package's explicit column lists keep working. */
export const OWN_COLUMNS = {
  bytes: "bytea",
  mime_type: "text",
  size: "bigint",
  write_ids: "text[]",
  ours_at: "timestamp with time zone",
};

/**
 * Refuses a database or a relation that the files cannot live in.
 * @throws RemoteBackendError `unfit`, with what is wrong.
 */
export function assertFit(catalog: Catalog): void {
  const refuse = (why: string): never => {
    throw new RemoteBackendError("unfit", why);
  };
  if (catalog.encoding !== "UTF8") refuse(`The database's encoding is ${catalog.encoding}; it must be UTF8.`);
  if (catalog.kind === null) return;
  if (catalog.kind !== "r")
    refuse("The table of the files is not an ordinary table, but a view, partitioned or foreign.");
  for (const [column, type] of Object.entries(SHARED_COLUMNS)) {
    const actual = catalog.columns[column];
    if (actual === undefined)
      refuse(`The table of that name is not one of files: it has no column "${column}".`);
    if (actual !== type)
      refuse(`The column "${column}" of the table has type ${actual}; it must be ${type}.`);
  }
  for (const [column, type] of Object.entries(OWN_COLUMNS)) {
    const actual = catalog.columns[column] ?? type;
    if (actual !== type)
      refuse(`The column "${column}" of the table has type ${actual}; it must be ${type}.`);
  }
  if (!catalog.uniquePath) refuse(`The table has neither a primary key nor a unique index on "path".`);
}
