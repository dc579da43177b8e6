import { type Health, RemoteBackend } from "@deepagents-remote/core";
import { DEFAULT_OPERATION_TIMEOUT_MS, pickRemoteBackendOptions } from "@deepagents-remote/core/adapter";
import {
  backendRules,
  checkPostgresOptions,
  DEFAULT_STATEMENT_TIMEOUT_MS,
  type PostgresBackendOptions,
} from "./options.js";
import { PostgresFileStore } from "./postgres-file-store.js";
import type { PostgresHealthDetails } from "./setup/health.js";

/**
 * Stores the files of Deep Agents in a PostgreSQL table, which can be shared with the Python package
 * `deepagents-backends`.
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
  readonly #store: PostgresFileStore;

  /**
   * Creates a backend. Opens no connection until `initialize()` or the first operation.
   * @param options See `PostgresBackendOptions`; without any, `agent_files` in the database `deepagents` on localhost.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: PostgresBackendOptions = {}) {
    checkPostgresOptions(options, backendRules);
    const {
      namespace,
      writeMode,
      reader,
      mountPath,
      maxFileBytes,
      operationTimeoutMs,
      onOperation,
      onError,
      ...storeOptions
    } = options;
    // A statement that waits for a lock has to end early enough to report it within the operation's timeout.
    const statementTimeoutMs = Math.min(
      options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
      operationTimeoutMs ?? DEFAULT_OPERATION_TIMEOUT_MS,
    );
    const store = new PostgresFileStore({ ...storeOptions, statementTimeoutMs });
    super(store, pickRemoteBackendOptions(options));
    this.#store = store;
  }

  /**
   * Builds the trigram index of `grep` on a table that has rows, without locking out writers.
   * @see PostgresFileStore.createSearchIndex
   */
  async createSearchIndex(): Promise<void> {
    await this.initialize();
    await this.#store.createSearchIndex();
  }

  /**
   * Drops the trigram index of `grep`, without locking out writers, for a bulk load that `createSearchIndex()` follows.
   * @see PostgresFileStore.dropSearchIndex
   */
  async dropSearchIndex(): Promise<void> {
    await this.initialize();
    await this.#store.dropSearchIndex();
  }

  /** @see RemoteBackend.check */
  override check(): Promise<Health<PostgresHealthDetails>> {
    return super.check();
  }
}
