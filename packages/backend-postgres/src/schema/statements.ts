import type { Table } from "../table.js";
import { type Catalog, OWN_COLUMNS } from "./catalog.js";
import { type SearchIndexMode, searchIndexStatements, wantsSearchIndex } from "./search-index.js";

const createTable = (table: Table) => `CREATE TABLE IF NOT EXISTS ${table.name} (
  path TEXT PRIMARY KEY,
  content JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  modified_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
)`;

/**
 * The DDL that is missing, in order; nothing when the table is complete. The search index comes with a new table
 * only: on one that has rows it is built without locking them, by `createSearchIndex`.
 */
export function missingStatements(table: Table, catalog: Catalog, searchIndex: SearchIndexMode): string[] {
  const statements: string[] = [];
  if (!catalog.schemaExists) statements.push(`CREATE SCHEMA IF NOT EXISTS ${table.schema}`);
  if (catalog.kind === null) statements.push(createTable(table));
  for (const [column, type] of Object.entries(OWN_COLUMNS)) {
    if (column in catalog.columns) continue;
    statements.push(`ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${column} ${type}`);
    // Uncompressed, so that a window of a large file can be read without the rest.
    if (column === "bytes")
      statements.push(`ALTER TABLE ${table.name} ALTER COLUMN bytes SET STORAGE EXTERNAL`);
  }
  if (!catalog.prefixIndex) {
    statements.push(
      `CREATE INDEX IF NOT EXISTS ${table.prefixIndex} ON ${table.name} (path text_pattern_ops)`,
    );
  }
  if (catalog.kind === null && wantsSearchIndex(catalog, searchIndex)) {
    statements.push(...searchIndexStatements(table, catalog));
  }
  return statements;
}
