import { RemoteBackendError } from "@deepagents-remote/core";
import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";

/** `name` includes the schema and is quoted; `broken` means that the build was interrupted. */
export interface IndexState {
  readonly name: string;
  readonly state: "ready" | "building" | "broken";
}

/** Properties of the database and the table that this package depends on. */
export interface Catalog {
  /** Version of the server, such as `17.5`. */
  readonly server: string;
  readonly encoding: string;
  /** True on a standby, and where the server, the database or the role is read-only. */
  readonly isReadOnly: boolean;
  readonly schemaExists: boolean;
  /** Kind of the relation; `null` if there is none. */
  readonly kind: string | null;
  /** Types by column name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly uniqueKey: boolean;
  readonly prefixIndex: boolean;
  /** Best existing trigram index of the content, found by its definition. */
  readonly searchIndex: IndexState | null;
  /** Best existing index of the files in `bytes`, found by its definition. */
  readonly bytesIndex: IndexState | null;
  /** Schema of the extension pg_trgm; `null` if it is not installed. */
  readonly trigrams: string | null;
  /** True if pg_trgm is not installed and the current role can install it. */
  readonly canInstallTrigrams: boolean;
  /**
   * Row level security that applies to the current role; `null` if none does. `hidden`: commands that the role may use
   * but that silently find no rows, because no policy applies to them.
   */
  readonly rowSecurity: { readonly hidden: readonly string[] } | null;
}

/** Catalog of an empty database. */
export const EMPTY_CATALOG: Catalog = {
  server: "",
  encoding: "UTF8",
  isReadOnly: false,
  schemaExists: false,
  kind: null,
  columns: {},
  uniqueKey: false,
  prefixIndex: false,
  searchIndex: null,
  bytesIndex: null,
  trigrams: null,
  canInstallTrigrams: false,
  rowSecurity: null,
};

/** Expression for the `IndexState` of the table's best index that meets a condition. */
const bestIndex = (condition: string) => `(
    SELECT json_build_object('name', format('%I.%I', n.nspname, c.relname), 'state', state.name)
    FROM pg_index AS i
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT CASE
      WHEN i.indisvalid THEN 'ready'
      WHEN EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid)
      THEN 'building'
      ELSE 'broken' END) AS state (name)
    WHERE i.indrelid = to_regclass($1::text) AND ${condition}
    ORDER BY array_position(ARRAY['ready', 'building', 'broken'], state.name)
    LIMIT 1)`;

/** Query on system catalogs only. It takes no lock on the table and needs no privileges on it. */
const CATALOG = `
SELECT json_build_object(
  'server', split_part(current_setting('server_version'), ' ', 1),
  'encoding', current_setting('server_encoding'),
  'isReadOnly', current_setting('transaction_read_only') = 'on',
  'schemaExists', $2::text IS NULL OR to_regnamespace($2::text) IS NOT NULL,
  'kind', (SELECT relkind FROM pg_class WHERE oid = to_regclass($1::text)),
  'columns', (
    -- A precision below that of now(), which is 6, would cut the times by which our columns are known to count.
    SELECT coalesce(json_object_agg(attname, format_type(atttypid, nullif(atttypmod, 6))), '{}')
    FROM pg_attribute
    WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped),
  'uniqueKey', EXISTS (
    SELECT FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = to_regclass($1::text) AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
      AND i.indpred IS NULL AND a.attname = 'path'),
  'prefixIndex', EXISTS (
    SELECT FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    JOIN pg_am AS m ON m.oid = o.opcmethod
    WHERE i.indrelid = to_regclass($1::text) AND i.indisvalid AND i.indpred IS NULL
      AND a.attname = 'path' AND o.opcname = 'text_pattern_ops' AND m.amname = 'btree'),
  'searchIndex', ${bestIndex(`o.opcname = 'gin_trgm_ops' AND i.indpred IS NULL
      AND i.indnkeyatts = 1 AND i.indkey[0] = 0
      AND translate(pg_get_expr(i.indexprs, i.indrelid), '() ', '') = 'content->''content''::text::text'`)},
  'bytesIndex', ${bestIndex(`o.opcname = 'text_pattern_ops'
      AND i.indkey[0] = (SELECT attnum FROM pg_attribute WHERE attrelid = i.indrelid AND attname = 'path')
      AND translate(pg_get_expr(i.indpred, i.indrelid), '()', '') = 'bytes IS NOT NULL'`)},
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
    END,
  'rowSecurity', CASE WHEN row_security_active(to_regclass($1::text)) THEN json_build_object('hidden', (
    SELECT coalesce(json_agg(command.name ORDER BY command.number), '[]')
    FROM (VALUES (1, 'SELECT', 'r'), (2, 'UPDATE', 'w'), (3, 'DELETE', 'd')) AS command (number, name, code)
    WHERE has_table_privilege(to_regclass($1::text), command.name) AND NOT EXISTS (
      SELECT FROM pg_policy AS p
      WHERE p.polrelid = to_regclass($1::text) AND p.polpermissive AND p.polcmd IN ('*', command.code::"char")
        AND EXISTS (
          SELECT FROM unnest(p.polroles) AS r (oid) WHERE r.oid = 0 OR pg_has_role(r.oid, 'USAGE'))))) END
)::text`;

/**
 * Reads the catalog.
 * @throws RemoteBackendError `misconfigured` if the table cannot hold files.
 */
export async function readCatalog(table: Table, signal: AbortSignal): Promise<Catalog> {
  const catalog = await findCatalog(table, signal);
  const why = findMisconfiguration(catalog);
  if (why !== undefined) throw new RemoteBackendError("misconfigured", why);
  return catalog;
}

/** Reads the catalog without checking it. */
export async function findCatalog(table: Table, signal: AbortSignal): Promise<Catalog> {
  const [row] = await table.database.read(CATALOG, [table.name, table.schema ?? null], signal);
  return JSON.parse(text(row?.[0])!);
}

/** Columns that the Python package creates, with its types. */
const SHARED_COLUMNS = {
  path: "text",
  content: "jsonb",
  created_at: "timestamp with time zone",
  modified_at: "timestamp with time zone",
};

/** Additional columns of this package, nullable so that the Python package's explicit column lists keep working. */
export const OWN_COLUMNS = {
  bytes: "bytea",
  mime_type: "text",
  size: "bigint",
  write_ids: "text[]",
  ours_at: "timestamp with time zone",
};

/** Returns our missing columns with their types. */
export const missingColumns = ({ columns }: Catalog): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(OWN_COLUMNS).filter(([column]) => !(column in columns)));

/** True if any of our columns is missing, which makes writes impossible. */
export const lacksColumns = (catalog: Catalog): boolean => Object.keys(missingColumns(catalog)).length > 0;

/**
 * Returns the reason why the table cannot hold files, if any. A missing table or column is not a reason, because it can
 * be created.
 */
export function findMisconfiguration({
  encoding,
  kind,
  columns,
  uniqueKey,
  rowSecurity,
}: Catalog): string | undefined {
  if (encoding !== "UTF8") return `The database's encoding is ${encoding}; it must be UTF8.`;
  if (kind === null) return undefined;
  if (kind !== "r") return "The files table is not an ordinary table, but a view, partitioned or foreign.";
  for (const [column, type] of Object.entries({ ...SHARED_COLUMNS, ...OWN_COLUMNS })) {
    const actual = columns[column];
    if (actual === undefined && column in SHARED_COLUMNS)
      return `The table of that name is not a table of files: it has no column "${column}".`;
    if (actual !== undefined && actual !== type)
      return `The column "${column}" of the table has type ${actual}; it must be ${type}.`;
  }
  if (!uniqueKey) return `The table has neither a primary key nor a unique index on "path".`;
  if (rowSecurity?.hidden.includes("SELECT"))
    return "Row level security hides every file from this role: the table has no policy that lets it SELECT.";
  return undefined;
}
