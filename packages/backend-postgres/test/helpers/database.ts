import { createDatabase } from "@deepagents-internal/servers";
import { afterAll, beforeAll } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend, type PostgresBackendOptions } from "../../src/index.js";

/** A database of a test file's own. */
export interface TestDatabase {
  url: string;
  /** A superuser's client, to look behind the backend's back. */
  sql: Sql;
  /** A backend with its own pool, closed at the end of the file. */
  backend(options?: PostgresBackendOptions): PostgresBackend;
  /** A pool of 10 connections, ended at the end of the file. */
  pool(): Sql;
}

export function useDatabase(): TestDatabase {
  const closing: (() => Promise<unknown>)[] = [];
  const database: TestDatabase = {
    url: "",
    sql: undefined as unknown as Sql,
    backend(options = {}) {
      const backend = new PostgresBackend({
        url: database.url,
        minPoolSize: 0,
        sharePool: false,
        ...options,
      });
      closing.push(() => backend.close());
      return backend;
    },
    pool() {
      const sql = postgres(database.url, { max: 10, onnotice: () => {} });
      closing.push(() => sql.end());
      return sql;
    },
  };
  beforeAll(async () => {
    const created = await createDatabase();
    database.url = created.url;
    database.sql = postgres(created.url, { max: 4, onnotice: () => {} });
    closing.push(
      () => created.drop(),
      () => database.sql.end(),
    );
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });
  return database;
}

/** Returns the address with another user, password, database or port. */
export function alter(
  url: string,
  changes: { user?: string; password?: string; database?: string; port?: number },
): string {
  const altered = new URL(url);
  if (changes.user) altered.username = changes.user;
  if (changes.password) altered.password = changes.password;
  if (changes.database) altered.pathname = changes.database;
  if (changes.port) altered.port = String(changes.port);
  return altered.href;
}
