import { RemoteBackendError } from "@deepagents-remote/core";
import { SEARCHED } from "../operations/candidates.js";
import { quoteIdentifier, type Table, type TableNames } from "../rows/table.js";
import { type Catalog, readCatalog } from "./catalog.js";
import { withStatements } from "./permission-denied.js";

/** Values of the option `searchIndex`. */
export type SearchIndexMode = "auto" | "on" | "off";

/**
 * Requires pg_trgm.
 * @throws RemoteBackendError `misconfigured` if the extension is missing and cannot be installed.
 */
export function assertTrigrams(catalog: Catalog): void {
  if (catalog.trigrams !== null || catalog.canInstallTrigrams) return;
  throw new RemoteBackendError(
    "misconfigured",
    "The search index needs the extension pg_trgm, which this role cannot install.",
    { hint: "Let a superuser run CREATE EXTENSION pg_trgm, or leave out searchIndex." },
  );
}

/** True if a search index exists or is being built. */
const hasSearchIndex = ({ searchIndex }: Catalog): boolean =>
  searchIndex !== null && searchIndex.state !== "broken";

export function searchIndexStatements(
  table: TableNames,
  catalog: Catalog,
  createIndex = "CREATE INDEX",
): string[] {
  // The schema of an installed extension, else that of the table, because the search path may be empty.
  const schema = catalog.trigrams === null ? table.schema : quoteIdentifier(catalog.trigrams);
  const extension = `CREATE EXTENSION IF NOT EXISTS pg_trgm${schema ? ` SCHEMA ${schema}` : ""}`;
  // Every search scans the whole pending list. With its default size of 4 MB, searching for a rare word took 340 ms
  // instead of 1 ms after a few hundred writes.
  const index =
    `${createIndex} IF NOT EXISTS ${table.searchIndex} ON ${table.name} ` +
    `USING gin ((${SEARCHED.replaceAll("f.", "")}) ${schema ? `${schema}.` : ""}gin_trgm_ops) ` +
    "WITH (gin_pending_list_limit = 256)";
  return catalog.trigrams === null ? [extension, index] : [index];
}

/**
 * Builds the index on a table in use, without blocking writers. No timeout applies.
 * @throws RemoteBackendError `misconfigured` without pg_trgm, or if another relation has the name of the index.
 */
export async function createSearchIndex(table: Table): Promise<void> {
  const { signal } = new AbortController();
  const catalog = await readCatalog(table, signal);
  if (hasSearchIndex(catalog)) return;
  assertTrigrams(catalog);
  const { searchIndex } = catalog;
  const statements = [
    ...(searchIndex ? [`DROP INDEX CONCURRENTLY IF EXISTS ${searchIndex.name}`] : []),
    ...searchIndexStatements(table, catalog, "CREATE INDEX CONCURRENTLY"),
  ];
  try {
    for (const statement of statements) await table.database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, statements);
  }
  if (hasSearchIndex(await readCatalog(table, signal))) return;
  throw new RemoteBackendError(
    "misconfigured",
    `Another relation has the name of the search index, ${table.searchIndex}.`,
    { hint: "Rename or drop it, then call createSearchIndex() again." },
  );
}

/** Drops the index without blocking writers. No timeout applies. */
export async function dropSearchIndex(table: Table): Promise<void> {
  const { signal } = new AbortController();
  const { searchIndex } = await readCatalog(table, signal);
  if (searchIndex === null) return;
  const statement = `DROP INDEX CONCURRENTLY IF EXISTS ${searchIndex.name}`;
  try {
    await table.database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, [statement]);
  }
}
