import { RemoteBackendError } from "@deepagents-remote/core";
import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";
import { type HistoryNames, historyNames, historyTableName, recorderName } from "./names.js";
import { HISTORY_COLUMNS } from "./schema.js";
import { RECORDER_FORMAT, ROW_TRIGGER, TRUNCATE_TRIGGER } from "./trigger.js";

/** Properties of a history in the database. */
export interface HistoryCatalog {
  /** Quoted schema of the table. */
  readonly schema: string;
  /** Quoted owner of the table; `null` if it is the current role. */
  readonly owner: string | null;
  /** Kind of the relation with the name of the history table; `null` if there is none. */
  readonly kind: string | null;
  /** Types by column name. */
  readonly columns: Readonly<Record<string, string>>;
  /** Quoted names of the indexes of the history table. */
  readonly indexes: readonly string[];
  /** Body of the trigger function; `null` if there is none. */
  readonly recorder: string | null;
  /** Existing triggers that call it, and whether they are enabled. */
  readonly triggers: Readonly<Record<string, boolean>>;
  /** True if the current role may read the history table. */
  readonly mayRead: boolean;
  /** True if the current role has the rights of its owner. */
  readonly isOwner: boolean;
  readonly isReadOnly: boolean;
}

/** Query on system catalogs only. It takes no lock on the table and needs no privileges on it. */
const CATALOG = `
SELECT json_build_object(
  'schema', quote_ident(n.nspname),
  'owner', (SELECT quote_ident(rolname) FROM pg_roles WHERE oid = c.relowner AND rolname <> current_user),
  'kind', h.relkind,
  'columns', (
    SELECT coalesce(json_object_agg(attname, format_type(atttypid, nullif(atttypmod, 6))), '{}')
    FROM pg_attribute WHERE attrelid = h.oid AND attnum > 0 AND NOT attisdropped),
  'indexes', (
    SELECT coalesce(json_agg('"' || replace(i.relname, '"', '""') || '"'), '[]')
    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid WHERE indrelid = h.oid AND indisvalid),
  'recorder', f.prosrc,
  'triggers', (
    SELECT coalesce(json_object_agg(tgname, tgenabled IN ('O', 'A')), '{}')
    FROM pg_trigger WHERE tgrelid = c.oid AND tgfoid = f.oid),
  'mayRead', coalesce(has_table_privilege(h.oid, 'SELECT'), false),
  'isOwner', coalesce(pg_has_role(h.relowner, 'USAGE'), false),
  'isReadOnly', current_setting('transaction_read_only') = 'on'
)::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS h ON h.relnamespace = n.oid AND h.relname = $2::text
LEFT JOIN pg_proc AS f ON f.pronamespace = n.oid AND f.proname = $3::text AND f.pronargs = 0
WHERE c.oid = to_regclass($1::text)`;

/** A history and the names of its objects. */
export interface FoundHistory extends HistoryCatalog {
  readonly names: HistoryNames;
}

/**
 * Reads the catalog of the history of an existing table.
 * @throws RemoteBackendError `misconfigured` if there is something else in its place.
 */
export async function readHistoryCatalog(table: Table, signal: AbortSignal): Promise<FoundHistory> {
  const { name, baseName } = table;
  const parameters = [name, historyTableName(baseName), recorderName(baseName)];
  const [row] = await table.database.read(CATALOG, parameters, signal);
  if (row === undefined) throw new RemoteBackendError("misconfigured", "The files table is missing.");
  const catalog: HistoryCatalog = JSON.parse(text(row[0])!);
  const why = findMisconfiguration(catalog);
  if (why !== undefined) {
    throw new RemoteBackendError("misconfigured", why, {
      hint: `Rename or drop what is called ${historyTableName(baseName)}, then run initialize() again.`,
    });
  }
  return { ...catalog, names: historyNames(baseName, catalog.schema) };
}

function findMisconfiguration({ kind, columns }: HistoryCatalog): string | undefined {
  if (kind === null) return undefined;
  if (kind !== "r") return "The history of the files is not an ordinary table.";
  for (const [column, type] of Object.entries(HISTORY_COLUMNS)) {
    const actual = columns[column];
    if (actual === undefined)
      return `The history table is not one of this package: it has no column "${column}".`;
    if (actual !== type)
      return `The column "${column}" of the history table has type ${actual}; it must be ${type}.`;
  }
  return undefined;
}

/** True if changes are recorded. */
export const isRecording = ({ kind, triggers }: HistoryCatalog): boolean =>
  kind !== null && triggers[ROW_TRIGGER] === true && triggers[TRUNCATE_TRIGGER] === true;

/** True if an index is missing, or the trigger function has an earlier format. */
export const historyGaps = (found: FoundHistory): boolean =>
  recorderState(found).format < RECORDER_FORMAT ||
  Object.values(found.names.indexes).some((index) => !found.indexes.includes(index));

/** Returns the format and the offset of an existing trigger function. */
export function recorderState({ recorder }: HistoryCatalog): {
  readonly format: number;
  readonly offset: string;
} {
  const [, format = "0", offset = "0"] = /history, format (\d+), offset (\d+)/.exec(recorder ?? "") ?? [];
  return { format: Number(format), offset };
}
