import { RemoteBackend } from "@deepagents-remote/core";
import { layer } from "@deepagents-remote/core/adapter";
import { type PostgresBackend, type PostgresBackendOptions, PostgresFileStore } from "../../src/index.js";
import type { TestDatabase } from "./database.js";

/** Tables of a database, each a storage of its own. */
export function tablesOf(database: TestDatabase) {
  const backend = (table: string, options: PostgresBackendOptions = {}): PostgresBackend =>
    database.backend({ table, ...options });
  return {
    backend,
    /** The backend, and one on the same table without push-downs: both must answer alike. */
    bothWays(table: string): [RemoteBackend, RemoteBackend] {
      const store = new PostgresFileStore({ sql: database.sql, table });
      return [backend(table), new RemoteBackend(layer(store, { get: store.get.bind(store) }))];
    },
    /** Every row, to see that nothing changed. */
    async stored(table: string): Promise<{ key: string; version: string }[]> {
      const { sql } = database;
      return [
        ...(await sql<{ key: string; version: string }[]>`
          SELECT path AS key, xmin::text AS version FROM ${sql(table)} ORDER BY path`),
      ];
    },
  };
}
