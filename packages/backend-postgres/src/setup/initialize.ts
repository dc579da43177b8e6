import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../connection/database.js";
import { type Table, withEmptyColumns } from "../rows/table.js";
import { adoptUploads } from "./adopt.js";
import { type Catalog, lacksColumns, missingColumns, readCatalog } from "./catalog.js";
import { isDenied, withStatements } from "./denied.js";
import { runLocked, sqlState } from "./locked.js";
import { assertTrigrams, type SearchIndexMode, searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

/** A writer that takes no lock, such as the Python package, created the same thing at the same time. */
const CREATED_BY_OTHERS = new Set(["23505", "42P06", "42P07", "42710", "42701"]);

export interface SchemaSettings {
  readonly searchIndex: SearchIndexMode;
  /** Creates and renames nothing. */
  readonly readOnly: boolean;
  /** Longest wait for each lock that others hold, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/**
 * Makes schema, table and index where they are missing, and adopts what the Python package uploaded. Safe from many
 * processes at once, takes no lock when there is nothing to do, and needs no right to create then.
 * @returns The table as it is to be used.
 * @throws RemoteBackendError `misconfigured` for a table that cannot be used, `permission-denied` when schema, table or columns are missing
 * and the role may not create them, `unavailable` when somebody else holds a lock for too long.
 */
export async function initializeSchema(
  database: Database,
  table: Table,
  settings: SchemaSettings,
  signal: AbortSignal,
): Promise<Table> {
  if (settings.readOnly) return readableTable(table, await readCatalog(database, table, signal));
  await createMissing(database, table, settings, signal);
  await adoptUploads(database, table, settings.lockTimeoutMs, signal);
  return table;
}

async function createMissing(
  database: Database,
  table: Table,
  { searchIndex, lockTimeoutMs }: SchemaSettings,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const catalog = await readCatalog(database, table, signal);
    if (catalog.kind === null && searchIndex === "on") assertTrigrams(catalog);
    const missing = missingStatements(table, catalog);
    if (missing.length === 0) return;
    try {
      await runLocked(database, missing, lockTimeoutMs, signal);
    } catch (error) {
      if (attempt === 1 && CREATED_BY_OTHERS.has(sqlState(error))) continue;
      // Without the index files are found slowly, but all are found.
      if (!lacksColumns(catalog) && isDenied(error)) return;
      throw withStatements(error, missing);
    }
    if (catalog.kind !== null || searchIndex === "off") return;
    return indexNewTable(database, table, searchIndex, catalog, lockTimeoutMs, signal);
  }
}

/** Apart from the table, which must not fail with it: `auto` does without. */
async function indexNewTable(
  database: Database,
  table: Table,
  mode: "auto" | "on",
  catalog: Catalog,
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    assertTrigrams(catalog);
    await runLocked(database, searchIndexStatements(table, catalog), lockTimeoutMs, signal);
  } catch (error) {
    if (mode === "on" || !RemoteBackendError.is(error)) throw error;
  }
}

/** A backend that may not change files does not change the schema either. */
function readableTable(table: Table, catalog: Catalog): Table {
  if (catalog.kind === null) {
    throw new RemoteBackendError(
      "misconfigured",
      "The table of the files is missing, and this backend is read-only.",
      {
        hint: "Let a backend that may write run initialize().",
      },
    );
  }
  return lacksColumns(catalog) ? withEmptyColumns(table, missingColumns(catalog)) : table;
}
