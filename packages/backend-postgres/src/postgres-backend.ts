import { RemoteBackend } from "@deepagents-remote/core";
import { backendRules, checkPostgresOptions, type PostgresBackendOptions } from "./options.js";
import { PostgresStore } from "./postgres-store.js";

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
  readonly #store: PostgresStore;

  /**
   * Opens no connection; `initialize()` or the first operation does.
   * @param options See `PostgresBackendOptions`; without any, the Python package's defaults.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: PostgresBackendOptions = {}) {
    checkPostgresOptions(options, backendRules);
    const { namespace, writeMode, maxFileBytes, operationTimeoutMs, ...storeOptions } = options;
    const store = new PostgresStore(storeOptions);
    super(store, { namespace, writeMode, readOnly: options.readOnly, maxFileBytes, operationTimeoutMs });
    this.#store = store;
  }

  /**
   * Builds the trigram index of `grep` on a table that has rows, without locking out writers.
   * @see PostgresStore.createSearchIndex
   */
  async createSearchIndex(): Promise<void> {
    await this.initialize();
    await this.#store.createSearchIndex();
  }
}
