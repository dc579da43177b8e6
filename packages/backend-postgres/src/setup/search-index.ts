import { RemoteBackendError } from "@deepagents-remote/core";
import { SEARCHED } from "../operations/candidates.js";
import { quoteIdentifier, type Table, type TableNames } from "../rows/table.js";
import { type Catalog, type IndexState, readCatalog } from "./catalog.js";
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

/** True if an index exists or is being built. */
const exists = (index: IndexState | null): boolean => index !== null && index.state !== "broken";

const hasSearchIndex = ({ searchIndex, bytesIndex }: Catalog): boolean =>
  exists(searchIndex) && exists(bytesIndex);

/**
 * Returns the statements that create what is missing: the trigram index, and an index of the files in `bytes`. Searches
 * look at all of those, and the trigrams of their notice are in many texts.
 */
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
  const trigrams =
    `${createIndex} IF NOT EXISTS ${table.searchIndex} ON ${table.name} ` +
    `USING gin ((${SEARCHED.replaceAll("f.", "")}) ${schema ? `${schema}.` : ""}gin_trgm_ops) ` +
    "WITH (gin_pending_list_limit = 256)";
  const bytes =
    `${createIndex} IF NOT EXISTS ${table.bytesIndex} ON ${table.name} ` +
    "(path text_pattern_ops) WHERE bytes IS NOT NULL";
  return [
    ...(catalog.trigrams === null ? [extension] : []),
    ...(exists(catalog.searchIndex) ? [] : [trigrams]),
    ...(exists(catalog.bytesIndex) ? [] : [bytes]),
  ];
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
  const broken = indexes(catalog).filter((index) => !exists(index));
  const statements = [
    ...broken.map(dropIndex),
    ...searchIndexStatements(table, catalog, "CREATE INDEX CONCURRENTLY"),
  ];
  try {
    for (const statement of statements) await table.database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, statements);
  }
  const created = await readCatalog(table, signal);
  if (hasSearchIndex(created)) return;
  throw new RemoteBackendError(
    "misconfigured",
    `Another relation has the name of the search index, ${exists(created.searchIndex) ? table.bytesIndex : table.searchIndex}.`,
    { hint: "Rename or drop it, then call createSearchIndex() again." },
  );
}

/** Drops the index without blocking writers. No timeout applies. */
export async function dropSearchIndex(table: Table): Promise<void> {
  const { signal } = new AbortController();
  const statements = indexes(await readCatalog(table, signal)).map(dropIndex);
  try {
    for (const statement of statements) await table.database.withoutTimeout().write(statement, [], signal);
  } catch (error) {
    throw withStatements(error, statements);
  }
}

/** Returns the existing indexes of searches, broken ones included. */
const indexes = ({ searchIndex, bytesIndex }: Catalog): readonly IndexState[] =>
  [searchIndex, bytesIndex].filter((index) => index !== null);

const dropIndex = ({ name }: IndexState): string => `DROP INDEX CONCURRENTLY IF EXISTS ${name}`;
