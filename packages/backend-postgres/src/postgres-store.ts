import type { Call, Change, FileStore, Key } from "@deepagents-remote/core";
import { RemoteBackendError } from "@deepagents-remote/core";
import { connect } from "./connect.js";
import { type ConnectionSettings, connectionSettings } from "./connection-settings.js";
import { Database } from "./database.js";
import { groupChanges } from "./groups.js";
import { checkPostgresOptions, type PostgresStoreOptions, storeRules } from "./options.js";
import { initializeSchema, type SchemaSettings } from "./schema/initialize.js";
import { createSearchIndex } from "./schema/search-index.js";
import { applyGroup } from "./sql/apply.js";
import { getFiles } from "./sql/get.js";
import { listFiles } from "./sql/list.js";
import { removeFiles } from "./sql/remove.js";
import { searchFiles } from "./sql/search.js";
import { type Table, tableNames } from "./table.js";

/** Keys of one SELECT. */
const KEYS_PER_STATEMENT = 1_000;

const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;

/** Files as rows of one table. `PostgresBackend` is the backend over it; use it by itself under a `layer`. */
export class PostgresStore implements FileStore {
  readonly can = {
    atomic: true,
    fileAndDirectory: false,
    exactSizes: true,
    maxKeyBytes: 1_024,
    // A row travels in hexadecimal, and Node's strings end at 536,870,888 characters.
    maxFileBytes: 250 * 1024 * 1024,
  };
  readonly #database: Database;
  readonly #table: Table;
  readonly #schema: SchemaSettings;
  /** Of the pool, when it is this store's to open and close and not the caller's. */
  readonly #own: ConnectionSettings | undefined;

  /**
   * Opens no connection.
   * @param options See `PostgresStoreOptions`; without any, the Python package's defaults.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: PostgresStoreOptions = {}) {
    checkPostgresOptions(options, storeRules);
    const { sql, table = "agent_files", schema, statementTimeoutMs = DEFAULT_STATEMENT_TIMEOUT_MS } = options;
    this.#own = sql ? undefined : connectionSettings(options);
    const pool = this.#own && connect(this.#own);
    this.#database = new Database(pool?.sql ?? sql!, statementTimeoutMs, pool?.sockets);
    this.#table = tableNames(table, schema);
    this.#schema = { searchIndex: options.searchIndex ?? "auto", readOnly: options.readOnly ?? false };
  }

  async open({ signal }: Pick<Call, "signal">): Promise<void> {
    await initializeSchema(this.#database, this.#table, this.#schema, signal);
    // Best effort: a role may have fewer connections than that.
    const ahead = Array.from({ length: this.#own?.minPoolSize ?? 0 });
    await Promise.allSettled(ahead.map(() => this.#database.read("SELECT $1::text", [""], signal)));
  }

  async close(): Promise<void> {
    if (this.#own) await this.#database.end();
  }

  /**
   * Builds the trigram index of `search` on a table that has rows, without locking out writers; nothing happens where
   * there is one. It takes as long as it takes, beyond every timeout.
   * @throws RemoteBackendError `unfit` when the extension pg_trgm cannot be had, `denied` for a role that does not own
   * the table.
   * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
   */
  async createSearchIndex(): Promise<void> {
    await createSearchIndex(this.#database, this.#table);
  }

  async get(keys: readonly Key[], call: Call) {
    const answers = [];
    for (let i = 0; i < keys.length; i += KEYS_PER_STATEMENT) {
      const some = keys.slice(i, i + KEYS_PER_STATEMENT);
      answers.push(...(await getFiles(this.#database, this.#table, some, call)));
    }
    return answers;
  }

  list(prefix: string, call: Call & { recursive: boolean; after?: Key }) {
    return listFiles(this.#database, this.#table, prefix, call);
  }

  async apply(changes: readonly Change[], call: Call) {
    const outcomes = new Map();
    for (const group of groupChanges(changes)) {
      const made = await applyGroup(this.#database, this.#table, group, call).catch((error) => {
        if (!RemoteBackendError.is(error)) throw error;
        return new Map(group.map(({ key }) => [key, error]));
      });
      for (const [key, outcome] of made) outcomes.set(key, outcome);
    }
    return changes.map(({ key }) => outcomes.get(key));
  }

  search(prefix: string, literal: string, call: Call & { accept: (key: Key) => boolean; limit: number }) {
    return searchFiles(this.#database, this.#table, prefix, literal, call);
  }

  async remove(key: Key, call: Call & { what: "file" | "below" | "both" }) {
    return { removed: await removeFiles(this.#database, this.#table, key, call), left: [] };
  }
}
