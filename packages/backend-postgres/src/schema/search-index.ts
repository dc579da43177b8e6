import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../database.js";
import { SEARCHED } from "../sql/search.js";
import { quoteIdentifier, type Table } from "../table.js";
import type { Catalog } from "./catalog.js";
import { withStatements } from "./denied.js";

/** The option `searchIndex`. */
export type SearchIndexMode = "auto" | "on" | "off";

/**
 * Whether to build the index.
 * @throws RemoteBackendError `unfit` when it must be built and cannot.
 */
export function wantsSearchIndex(catalog: Catalog, mode: SearchIndexMode): boolean {
  const possible = catalog.trigrams !== null || catalog.canInstallTrigrams;
  if (mode !== "on" || possible) return mode !== "off" && possible;
  throw new RemoteBackendError(
    "unfit",
    "The search index needs the extension pg_trgm, which this role cannot install: " +
      "let a superuser run CREATE EXTENSION pg_trgm, or leave out searchIndex.",
  );
}

export function searchIndexStatements(table: Table, catalog: Catalog, concurrently = ""): string[] {
  // Just installed, it is where unqualified names are found; installed before, it may be anywhere.
  const schema = catalog.trigrams === null ? "" : `${quoteIdentifier(catalog.trigrams)}.`;
  // Searches read the list of pending entries from end to end: at its default of 4 MB, after a few hundred writes,
  // a rare word took 340 ms instead of 1.
  const index =
    `CREATE INDEX ${concurrently} IF NOT EXISTS ${table.searchIndex} ON ${table.name} ` +
    `USING gin ((${SEARCHED.replaceAll("f.", "")}) ${schema}gin_trgm_ops) WITH (gin_pending_list_limit = 256)`;
  return catalog.trigrams === null ? ["CREATE EXTENSION IF NOT EXISTS pg_trgm", index] : [index];
}

/**
 * Builds the index on a table that is in use, without locking out writers. It takes as long as it takes: no
 * statement timeout applies.
 * @throws RemoteBackendError `unfit` without pg_trgm.
 */
export async function createSearchIndex(database: Database, table: Table, catalog: Catalog): Promise<void> {
  if (catalog.searchIndex) return;
  wantsSearchIndex(catalog, "on");
  const unbounded = database.withoutTimeout();
  // What an earlier attempt left behind when it was interrupted is not valid, and in the way.
  await unbounded.write(
    `DROP INDEX CONCURRENTLY IF EXISTS ${inSchema(table)}`,
    [],
    new AbortController().signal,
  );
  for (const statement of searchIndexStatements(table, catalog, "CONCURRENTLY")) {
    await unbounded.write(statement, [], new AbortController().signal);
  }
}

const inSchema = (table: Table) =>
  table.schema === undefined ? table.searchIndex : `${table.schema}.${table.searchIndex}`;
