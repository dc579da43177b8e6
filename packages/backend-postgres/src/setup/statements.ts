import type { TableNames } from "../rows/table.js";
import { type Catalog, OWN_COLUMNS } from "./catalog.js";

const createTable = (table: TableNames) => `CREATE TABLE IF NOT EXISTS ${table.name} (
  path TEXT PRIMARY KEY,
  content JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  modified_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
)`;

/** Returns the statements that complete the table, in order; none if it is complete. */
export function missingStatements(table: TableNames, catalog: Catalog): string[] {
  const statements: string[] = [];
  if (table.schema && !catalog.schemaExists) statements.push(`CREATE SCHEMA IF NOT EXISTS ${table.schema}`);
  if (catalog.kind === null) statements.push(createTable(table));
  for (const [column, type] of Object.entries(OWN_COLUMNS)) {
    if (column in catalog.columns) continue;
    statements.push(`ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${column} ${type}`);
    // Uncompressed, so that part of a large file can be read without the rest.
    if (column === "bytes")
      statements.push(`ALTER TABLE ${table.name} ALTER COLUMN bytes SET STORAGE EXTERNAL`);
  }
  if (!catalog.prefixIndex) {
    statements.push(
      `CREATE INDEX IF NOT EXISTS ${table.prefixIndex} ON ${table.name} (path text_pattern_ops)`,
    );
  }
  return statements;
}
