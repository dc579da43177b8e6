import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../database.js";
import type { Table } from "../table.js";
import { type Catalog, OWN_COLUMNS, readCatalog } from "./catalog.js";
import { withStatements } from "./denied.js";
import { assertTrigrams, type SearchIndexMode, searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

/** Longest wait for a lock that others hold on the table. */
const LOCK_TIMEOUT = "10s";

/** One installation at a time in a database, whatever its table; the number stands for nothing else. */
const ADVISORY_LOCK = "7305457893110297";

/** A writer that takes no lock, such as the Python package, created the same thing at the same time. */
const CREATED_BY_OTHERS = new Set(["23505", "42P06", "42P07", "42710", "42701"]);

export interface SchemaSettings {
  readonly searchIndex: SearchIndexMode;
  /** Creates nothing. */
  readonly readOnly: boolean;
}

/**
 * Makes schema, table and index where they are missing. Safe from many processes at once, takes no lock when nothing
 * is missing, and needs no right to create then.
 * @throws RemoteBackendError `unfit` for a table that cannot be used, `denied` when something is missing and the
 * role may not create it.
 */
export async function initializeSchema(
  database: Database,
  table: Table,
  { searchIndex, readOnly }: SchemaSettings,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const catalog = await readCatalog(database, table, signal);
    if (readOnly) return assertReadable(catalog);
    if (catalog.kind === null && searchIndex === "on") assertTrigrams(catalog);
    const missing = missingStatements(table, catalog);
    if (missing.length === 0) return;
    try {
      await create(database, missing, signal);
    } catch (error) {
      if (!RemoteBackendError.is(error)) throw error;
      const raced = CREATED_BY_OTHERS.has((error.cause as { code?: string } | undefined)?.code ?? "");
      if (raced && attempt === 1) continue;
      throw withStatements(error, missing);
    }
    if (catalog.kind === null && searchIndex !== "off")
      await indexNewTable(database, table, searchIndex, catalog, signal);
    return;
  }
}

/** Apart from the table, which must not fail with it: `auto` does without. */
async function indexNewTable(
  database: Database,
  table: Table,
  mode: "auto" | "on",
  catalog: Catalog,
  signal: AbortSignal,
): Promise<void> {
  try {
    assertTrigrams(catalog);
    await create(database, searchIndexStatements(table, catalog), signal);
  } catch (error) {
    if (mode === "on" || !RemoteBackendError.is(error)) throw error;
  }
}

/** A backend that may not change files does not change the schema either. */
function assertReadable(catalog: Catalog): void {
  if (Object.keys(OWN_COLUMNS).every((column) => column in catalog.columns)) return;
  throw new RemoteBackendError(
    "unfit",
    "The table of the files is missing or lacks columns, and a read-only backend creates nothing: let one that may write run initialize().",
  );
}

/** All in one message of the simple protocol, which PostgreSQL runs as one transaction. */
async function create(database: Database, statements: readonly string[], signal: AbortSignal): Promise<void> {
  const locked = [
    `SELECT set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`,
    `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
    ...statements,
  ];
  await database.write(locked.join(";\n"), [], signal);
}
