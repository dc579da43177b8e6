import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../connection/database.js";
import { SEARCHED } from "../operations/candidates.js";
import { quoteIdentifier, type Table } from "../rows/table.js";
import { type Catalog, readCatalog } from "./catalog.js";
import { withStatements } from "./denied.js";

/** The option `searchIndex`. */
export type SearchIndexMode = "auto" | "on" | "off";

/** @throws RemoteBackendError `misconfigured` where the extension is missing and cannot be installed. */
export function assertTrigrams(catalog: Catalog): void {
  if (catalog.trigrams !== null || catalog.canInstallTrigrams) return;
  throw new RemoteBackendError(
    "misconfigured",
    "The search index needs the extension pg_trgm, which this role cannot install.",
    { hint: "Let a superuser run CREATE EXTENSION pg_trgm, or leave out searchIndex." },
  );
}

/** Whether there is one, or will be: somebody builds it just now. */
const hasSearchIndex = ({ searchIndex }: Catalog): boolean =>
  searchIndex !== null && searchIndex.state !== "broken";

export function searchIndexStatements(
  table: Table,
  catalog: Catalog,
  createIndex = "CREATE INDEX",
): string[] {
  // Where it is installed; else where the table is, for a search path may be empty.
  const schema = catalog.trigrams === null ? table.schema : quoteIdentifier(catalog.trigrams);
  const extension = `CREATE EXTENSION IF NOT EXISTS pg_trgm${schema ? ` SCHEMA ${schema}` : ""}`;
  // Searches read the list of pending entries from end to end: at its default of 4 MB, after a few hundred writes,
  // a rare word took 340 ms instead of 1.
  const index =
    `${createIndex} IF NOT EXISTS ${table.searchIndex} ON ${table.name} ` +
    `USING gin ((${SEARCHED.replaceAll("f.", "")}) ${schema ? `${schema}.` : ""}gin_trgm_ops) ` +
    "WITH (gin_pending_list_limit = 256)";
  return catalog.trigrams === null ? [extension, index] : [index];
}

/**
 * Builds the index on a table that is in use, without locking out writers. It takes as long as it takes: no
 * timeout applies.
 * @throws RemoteBackendError `misconfigured` without pg_trgm, or when another relation has the index's name.
 */
export async function createSearchIndex(database: Database, table: Table): Promise<void> {
  const { signal } = new AbortController();
  const catalog = await readCatalog(database, table, signal);
  if (hasSearchIndex(catalog)) return;
  assertTrigrams(catalog);
  const { searchIndex } = catalog;
  const statements = [
    ...(searchIndex ? [`DROP INDEX CONCURRENTLY IF EXISTS ${searchIndex.name}`] : []),
    ...searchIndexStatements(table, catalog, "CREATE INDEX CONCURRENTLY"),
  ];
  try {
    for (const statement of statements) await database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, statements);
  }
  if (hasSearchIndex(await readCatalog(database, table, signal))) return;
  throw new RemoteBackendError(
    "misconfigured",
    `Another relation has the name of the search index, ${table.searchIndex}.`,
    { hint: "Rename or drop it, then call createSearchIndex() again." },
  );
}

/** Drops the index without locking out writers. No timeout applies. */
export async function dropSearchIndex(database: Database, table: Table): Promise<void> {
  const { signal } = new AbortController();
  const { searchIndex } = await readCatalog(database, table, signal);
  if (searchIndex === null) return;
  const statement = `DROP INDEX CONCURRENTLY IF EXISTS ${searchIndex.name}`;
  try {
    await database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, [statement]);
  }
}
