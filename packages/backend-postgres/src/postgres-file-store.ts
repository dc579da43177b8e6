import { RemoteBackendError } from "@deepagents-remote/core";
import type {
  CallOptions,
  Change,
  DeleteOptions,
  FileStore,
  GetOptions,
  HealthReport,
  Key,
  Lease,
  ListOptions,
  PutOptions,
  SearchOptions,
} from "@deepagents-remote/core/adapter";
import { ByteBudget } from "@deepagents-remote/core/adapter";
import {
  type ConnectionSettings,
  connectionSettings,
  describeClient,
  describeDatabase,
} from "./connection/connection-settings.js";
import { Database } from "./connection/database.js";
import { leasePool, type SharedPool } from "./connection/shared-pools.js";
import { PostgresHistory } from "./history/postgres-history.js";
import { readClock } from "./operations/clock.js";
import { deleteFiles } from "./operations/delete.js";
import { getFiles } from "./operations/get.js";
import { groupChanges } from "./operations/groups.js";
import { listFiles } from "./operations/list.js";
import { putGroup } from "./operations/put.js";
import { readLines } from "./operations/read-lines.js";
import { searchFiles } from "./operations/search.js";
import {
  checkPostgresOptions,
  DEFAULT_STATEMENT_TIMEOUT_MS,
  type PostgresFileStoreOptions,
  storeRules,
} from "./options.js";
import { DEFAULT_TABLE, type Table, tableNames } from "./rows/table.js";
import { checkHealth } from "./setup/health.js";
import { initializeSchema, type SchemaSettings } from "./setup/initialize.js";
import { createSearchIndex, dropSearchIndex } from "./setup/search-index.js";

/** Maximum number of keys in one SELECT. */
const KEYS_PER_STATEMENT = 1_000;

/** Cap for lock waits: a queued DDL lock blocks every later query on the table. In milliseconds. */
const LONGEST_LOCK_TIMEOUT_MS = 10_000;

/**
 * Stores files as rows of one table. `PostgresBackend` is the backend built on it; use the store directly under a
 * `layer`.
 */
export class PostgresFileStore implements FileStore {
  readonly capabilities = {
    atomic: true,
    atomicDelete: true,
    fileAndDirectory: false,
    exactSizes: true,
    utf8Text: true,
    maxKeyBytes: 1_024,
    // A row may be transferred as text, and Node limits strings to 536,870,888 characters.
    maxFileBytes: 250 * 1024 * 1024,
  };
  readonly #database: Database;
  /** Names from the options. */
  readonly #names: Table;
  /** The table as found by the last `open()`. */
  #table: Table;
  /**
   * Bounds the content of concurrent writes: a statement copies what it writes, several times with a caller's client.
   */
  readonly #writes = new ByteBudget();
  readonly #schema: SchemaSettings;
  /** Lease of the pool; `undefined` for a caller's client. */
  readonly #own: ConnectionSettings | undefined;
  readonly #lease: Lease<SharedPool> | undefined;
  readonly #statementTimeoutMs: number;
  /** @see FileStore.history */
  readonly history?: PostgresHistory;

  /**
   * Creates a store. Opens no connection.
   * @param options See `PostgresFileStoreOptions`; without any, `agent_files` in the database `deepagents` on
   *   localhost.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: PostgresFileStoreOptions = {}) {
    checkPostgresOptions(options, storeRules);
    const { sql, table = DEFAULT_TABLE, schema, statementTimeoutMs = DEFAULT_STATEMENT_TIMEOUT_MS } = options;
    this.#own = sql ? undefined : connectionSettings(options);
    this.#lease = this.#own && leasePool(this.#own);
    this.#lease?.releaseWith(this);
    const pool = this.#lease?.resource;
    this.#database = new Database(pool?.sql ?? sql!, {
      timeoutMs: statementTimeoutMs,
      pool,
      name: this.#own ? describeDatabase(this.#own) : describeClient(sql!),
    });
    this.#statementTimeoutMs = statementTimeoutMs;
    this.#names = { ...tableNames(table, schema ?? this.#own?.schema), database: this.#database };
    this.#table = this.#names;
    if (options.history) this.history = new PostgresHistory(() => this.#table);
    this.#schema = {
      searchIndex: options.searchIndex ?? "auto",
      readOnly: options.readOnly ?? false,
      // A transaction waits for up to two locks and still needs time for its work.
      lockTimeoutMs: Math.min(LONGEST_LOCK_TIMEOUT_MS, Math.ceil(statementTimeoutMs / 3)),
      history: options.history ?? false,
    };
  }

  async open({ signal }: Pick<CallOptions, "signal">): Promise<void> {
    this.#table = await initializeSchema(this.#names, this.#schema, signal);
    // Best effort: the role may be limited to fewer connections.
    const size = this.#own?.minPoolSize ?? 0;
    const ahead = Array.from({ length: (this.#lease?.resource.sockets.count ?? size) < size ? size : 0 });
    await Promise.allSettled(ahead.map(() => this.#database.read("SELECT $1::text", [""], signal)));
  }

  async close(): Promise<void> {
    if (this.#lease === undefined) return;
    await this.#database.settled();
    await this.#lease.release();
  }

  /** @see FileStore.check */
  async check(report: HealthReport, { signal }: Pick<CallOptions, "signal">): Promise<void> {
    const pool = () => ({
      ...(this.#own && { size: this.#own.maxPoolSize, open: this.#lease?.resource.sockets.count ?? 0 }),
      ...this.#database.load,
    });
    const until = AbortSignal.any([signal, AbortSignal.timeout(this.#statementTimeoutMs)]);
    const { readOnly, history } = this.#schema;
    const { lacksChannelBinding = false } = this.#own ?? {};
    const probe = { table: this.#names, readOnly, history, lacksChannelBinding, pool };
    await checkHealth(probe, report, until);
  }

  /**
   * Builds the trigram index of `search` on a table that has rows, without blocking writers. Does nothing if the index
   * exists. No timeout applies.
   * @throws RemoteBackendError `misconfigured` if the extension pg_trgm is not available, `permission-denied` for a
   *   role that does not own the table.
   * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
   */
  async createSearchIndex(): Promise<void> {
    await createSearchIndex(this.#table);
  }

  /**
   * Drops the trigram index of `search` without blocking writers, for example before a bulk load, after which
   * `createSearchIndex()` rebuilds it. Does nothing if there is no index. Waits for open transactions on the table; no
   * timeout applies.
   * @throws RemoteBackendError `permission-denied` for a role that does not own the table.
   */
  async dropSearchIndex(): Promise<void> {
    await dropSearchIndex(this.#table);
  }

  async get(keys: readonly Key[], options: GetOptions) {
    const answers = [];
    for (let i = 0; i < keys.length; i += KEYS_PER_STATEMENT) {
      const some = keys.slice(i, i + KEYS_PER_STATEMENT);
      answers.push(...(await getFiles(this.#table, some, options)));
    }
    return answers;
  }

  list(prefix: string, options: ListOptions) {
    return listFiles(this.#table, prefix, options);
  }

  async put(changes: readonly Change[], options: PutOptions) {
    const outcomes = [];
    for (const group of groupChanges(changes)) {
      const bytes = group.reduce((sum, { content }) => sum + content.length, 0);
      const made = await this.#writes
        .run(bytes, options, () => putGroup(this.#table, group, options))
        .catch((error) => {
          if (!RemoteBackendError.is(error)) throw error;
          return group.map(() => error);
        });
      outcomes.push(...made);
      group.forEach(({ key }, i) => {
        options.onOutcome?.(key, made[i]!);
      });
    }
    return outcomes;
  }

  search(prefix: string, pattern: string, options: SearchOptions) {
    return searchFiles(this.#table, prefix, pattern, options);
  }

  readLines(key: Key, offset: number, limit: number, options: CallOptions) {
    return readLines(this.#table, key, offset, limit, options);
  }

  delete(key: Key, options: DeleteOptions) {
    return deleteFiles(this.#table, key, options);
  }

  clock(options: CallOptions) {
    return readClock(this.#database, options);
  }
}
