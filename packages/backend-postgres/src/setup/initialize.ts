import { RemoteBackendError } from "@deepagents-remote/core";
import { type Table, withEmptyColumns } from "../rows/table.js";
import { adoptUploads } from "./adopt.js";
import { type Catalog, lacksColumns, missingColumns, readCatalog } from "./catalog.js";
import { isDenied, withStatements } from "./denied.js";
import { runLocked, sqlState } from "./locked.js";
import { assertTrigrams, type SearchIndexMode, searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

/** SQLSTATEs of concurrent creation by a writer that takes no lock, such as the Python package. */
const CREATED_BY_OTHERS = new Set(["23505", "42P06", "42P07", "42710", "42701"]);

export interface SchemaSettings {
  readonly searchIndex: SearchIndexMode;
  /** True to create nothing and rename nothing. */
  readonly readOnly: boolean;
  /** Maximum wait for each lock, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/**
 * Creates missing schema, table and indexes, and adopts uploads of the Python package. Safe to run concurrently from
 * many processes. If there is nothing to do, it takes no lock and needs no privilege to create.
 * @returns The table to use.
 * @throws RemoteBackendError `misconfigured` for a table that cannot be used, `permission-denied` if schema, table or
 *   columns are missing and the role may not create them, `unavailable` if another session holds a lock for too long.
 */
export async function initializeSchema(
  table: Table,
  settings: SchemaSettings,
  signal: AbortSignal,
): Promise<Table> {
  if (settings.readOnly) return readableTable(table, await readCatalog(table, signal));
  await createMissing(table, settings, signal);
  await adoptUploads(table, settings.lockTimeoutMs, signal);
  return table;
}

async function createMissing(
  table: Table,
  { searchIndex, lockTimeoutMs }: SchemaSettings,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const catalog = await readCatalog(table, signal);
    if (catalog.kind === null && searchIndex === "on") assertTrigrams(catalog);
    const missing = missingStatements(table, catalog);
    if (missing.length === 0) return;
    try {
      await runLocked(table.database, missing, lockTimeoutMs, signal);
    } catch (error) {
      if (attempt === 1 && CREATED_BY_OTHERS.has(sqlState(error))) continue;
      // Without the index, files are found slowly but completely.
      if (!lacksColumns(catalog) && isDenied(error)) return;
      throw withStatements(error, missing);
    }
    if (catalog.kind !== null || searchIndex === "off") return;
    return indexNewTable(table, searchIndex, catalog, lockTimeoutMs, signal);
  }
}

/** Creates the search index of a new table. Separate from the table, because in `auto` mode its failure is ignored. */
async function indexNewTable(
  table: Table,
  mode: "auto" | "on",
  catalog: Catalog,
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    assertTrigrams(catalog);
    await runLocked(table.database, searchIndexStatements(table, catalog), lockTimeoutMs, signal);
  } catch (error) {
    if (mode === "on" || !RemoteBackendError.is(error)) throw error;
  }
}

/** Returns the table of a read-only backend, which does not change the schema either. */
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
