import { RemoteBackendError } from "@deepagents-remote/core";
import { type Database, text } from "../database.js";
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
  /** A trigram index: ready, or being built just now. */
  readonly searchIndex: boolean;
  /** One that an interrupted build left behind, with its schema, quoted. */
  readonly brokenSearchIndex: string | null;
  /** Schema of the extension pg_trgm; `null` where it is not installed. */
  readonly trigrams: string | null;
  /** Whether it is not installed, and the current role could install it. */
  readonly canInstallTrigrams: boolean;
}

/** Catalogs only, so it takes no lock on the table and works for a role that may only use it. */
const CATALOG = `
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
      AND a.attname = 'path' AND o.opcname = 'text_pattern_ops'),
  'searchIndex', EXISTS (
    SELECT FROM pg_index AS i
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    WHERE i.indrelid = to_regclass($1::text) AND o.opcname = 'gin_trgm_ops' AND (i.indisvalid
      OR EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid))),
  'brokenSearchIndex', (
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_index AS i
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.indrelid = to_regclass($1::text) AND o.opcname = 'gin_trgm_ops' AND NOT i.indisvalid
      AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid)
    LIMIT 1),
  'trigrams', (
    SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_trgm'),
  'canInstallTrigrams', CASE WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN false
    -- The view reads a file for each extension there is.
    ELSE EXISTS (
      SELECT FROM pg_available_extension_versions AS v
      JOIN pg_roles AS r ON r.rolname = current_user
      WHERE v.name = 'pg_trgm'
        AND (r.rolsuper OR (v.trusted AND has_database_privilege(current_database(), 'CREATE'))))
    END
)::text`;

/**
 * Reads what is there.
 * @throws RemoteBackendError `unfit` when the files cannot live in it.
 */
export async function readCatalog(database: Database, table: Table, signal: AbortSignal): Promise<Catalog> {
  const [row] = await database.read(CATALOG, [table.name, table.schema ?? null], signal);
  const catalog: Catalog = JSON.parse(text(row?.[0])!);
  assertFit(catalog);
  return catalog;
}

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

function assertFit(catalog: Catalog): void {
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
