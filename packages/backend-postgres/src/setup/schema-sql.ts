import { checkPostgresOptions, type PostgresFileStoreOptions, storeRules } from "../options.js";
import { DEFAULT_TABLE, tableNames } from "../rows/table.js";
import { EMPTY_CATALOG } from "./catalog.js";
import { searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

/** The options of `PostgresBackend` that decide what lies in the database. */
export type SchemaSqlOptions = Pick<PostgresFileStoreOptions, "table" | "schema" | "searchIndex">;

const { table, schema, searchIndex } = storeRules;

const SEARCH_INDEX = `
-- For grep. On a table that has rows, run the last statement by itself, as CREATE INDEX CONCURRENTLY: it does not lock
-- out writers then.
`;

/**
 * Prints everything that `initialize()` creates, for databases where a program may run no DDL. It may be run again,
 * completes a table of the Python package, and opens no connection.
 * @param options `table`, `schema` and `searchIndex` as the backend will get them; with `searchIndex: "off"` without
 * the extension `pg_trgm` and its index.
 * @returns Statements that each end in `;` and a newline.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function schemaSql(options: SchemaSqlOptions = {}): string {
  checkPostgresOptions(options, { table, schema, searchIndex });
  const names = tableNames(options.table ?? DEFAULT_TABLE, options.schema);
  const statements = print(missingStatements(names, EMPTY_CATALOG));
  if (options.searchIndex === "off") return statements;
  // Whoever runs it may have the extension in any schema of the search path.
  const search = searchIndexStatements({ ...names, schema: undefined }, EMPTY_CATALOG);
  return statements + SEARCH_INDEX + print(search);
}

const print = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement};\n`).join("");
