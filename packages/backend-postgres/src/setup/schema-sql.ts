import { printHistory } from "../history/print.js";
import { checkPostgresOptions, type PostgresFileStoreOptions, storeRules } from "../options.js";
import { DEFAULT_TABLE, tableNames } from "../rows/table.js";
import { EMPTY_CATALOG } from "./catalog.js";
import { searchIndexStatements } from "./search-index.js";
import { missingStatements } from "./statements.js";

/** Options of `PostgresBackend` that determine the schema. */
export type SchemaSqlOptions = Pick<PostgresFileStoreOptions, "table" | "schema" | "searchIndex" | "history">;

const { table, schema, searchIndex, history } = storeRules;

const SEARCH_INDEX = `
-- For grep. On a table that has rows, run each index by itself, as CREATE INDEX CONCURRENTLY: it does not lock out
-- writers then.
`;

const HISTORY = `
-- For the history. The last statement locks out writers of the table for a moment: run it with a lock_timeout.
`;

/**
 * Returns the DDL of everything that `initialize()` creates, for databases where applications may not run DDL. The
 * statements are idempotent and complete a table of the Python package. Opens no connection.
 * @param options `table`, `schema`, `searchIndex` and `history` as for the backend; `searchIndex: "off"` omits the
 *   extension `pg_trgm` and its index.
 * @returns Statements that each end in `;` and a newline.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function schemaSql(options: SchemaSqlOptions = {}): string {
  checkPostgresOptions(options, { table, schema, searchIndex, history });
  const names = tableNames(options.table ?? DEFAULT_TABLE, options.schema);
  const ofTable = print(missingStatements(names, EMPTY_CATALOG));
  const statements = options.history
    ? ofTable + HISTORY + print(printHistory(names.baseName, options.schema))
    : ofTable;
  if (options.searchIndex === "off") return statements;
  // The extension may be installed in any schema of the search path.
  const search = searchIndexStatements({ ...names, schema: undefined }, EMPTY_CATALOG);
  return statements + SEARCH_INDEX + print(search);
}

const print = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement};\n`).join("");
