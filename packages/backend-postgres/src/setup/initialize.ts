import { RemoteBackendError } from "@deepagents-remote/core";
import { initializeHistory } from "../history/initialize.js";
import type { PostgresFileStoreOptions } from "../options.js";
import { type Table, withEmptyColumns } from "../rows/table.js";
import { adoptUploads } from "./adopt.js";
import { type Catalog, lacksColumns, missingColumns, readCatalog } from "./catalog.js";
import { CREATED_BY_OTHERS, runLocked, sqlState } from "./locked.js";
import { isPermissionDenied, withStatements } from "./permission-denied.js";
import { assertTrigrams, type SearchIndexMode, searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

export interface SchemaSettings {
  readonly searchIndex: SearchIndexMode;
  /** True to create nothing and rename nothing. */
  readonly readOnly: boolean;
  /** Maximum wait for each lock, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Option `history`; anything but `false` sets it up. */
  readonly history: NonNullable<PostgresFileStoreOptions["history"]>;
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
  const usable = settings.readOnly
    ? readableTable(table, await readCatalog(table, signal))
    : await completeTable(table, settings, signal);
  if (!settings.history) return usable;
  const { readOnly, lockTimeoutMs, history } = settings;
  const retention = history === true ? undefined : history.retention;
  return initializeHistory(usable, { readOnly, lockTimeoutMs, retention }, signal);
}

async function completeTable(table: Table, settings: SchemaSettings, signal: AbortSignal): Promise<Table> {
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
      if (!lacksColumns(catalog) && isPermissionDenied(error)) return;
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
      "The files table is missing, and this backend is read-only.",
      {
        hint: "Let a backend that may write run initialize().",
      },
    );
  }
  return lacksColumns(catalog) ? withEmptyColumns(table, missingColumns(catalog)) : table;
}
