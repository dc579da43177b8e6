import { RemoteBackend } from "@deepagents-remote/core";
import { connect } from "./connect.js";
import { connectionSettings } from "./connection-settings.js";
import { Database } from "./database.js";
import { checkPostgresOptions, type PostgresBackendOptions } from "./options.js";
import { PostgresStore } from "./postgres-store.js";
import { readCatalog } from "./schema/catalog.js";
import { createSearchIndex } from "./schema/search-index.js";
import { type Table, tableNames } from "./table.js";

const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Keeps the files of Deep Agents in a table of PostgreSQL, shared with the Python package `deepagents-backends`.
 *
 * ```ts
 * const backend = new PostgresBackend({ host: "localhost", database: "deepagents", user: "postgres", password });
 * try {
 *   const agent = createDeepAgent({ backend });
 * } finally {
 *   await backend.close();
 * }
 * ```
 */
export class PostgresBackend extends RemoteBackend {
  readonly #database: Database;
  readonly #table: Table;

  /**
   * Opens no connection; `initialize()` or the first operation does.
   * @param options See `PostgresBackendOptions`; without any, the Python package's defaults.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: PostgresBackendOptions = {}) {
    checkPostgresOptions("PostgresBackend", options);
    const own = options.sql ? undefined : connectionSettings("PostgresBackend", options);
    const database = new Database(
      options.sql ?? connect(own!),
      options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
    );
    const table = tableNames(options.table ?? "agent_files", options.schema);
    const { namespace, writeMode, readOnly = false, maxFileBytes, operationTimeoutMs } = options;
    const { searchIndex = "auto" } = options;
    super(new PostgresStore(database, table, { searchIndex, readOnly, pool: own }), {
      namespace,
      writeMode,
      readOnly,
      maxFileBytes,
      operationTimeoutMs,
    });
    this.#database = database;
    this.#table = table;
  }

  /**
   * Builds the trigram index of `grep` on a table that has rows, without locking out writers; nothing happens where
   * there is one. It takes as long as it takes, beyond every timeout of the options.
   * @throws RemoteBackendError `unfit` when the extension pg_trgm can not be had, `denied` for a role that does not
   * own the table.
   * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
   */
  async createSearchIndex(): Promise<void> {
    await this.initialize();
    const signal = new AbortController().signal;
    await createSearchIndex(
      this.#database,
      this.#table,
      await readCatalog(this.#database, this.#table, signal),
    );
  }
}
