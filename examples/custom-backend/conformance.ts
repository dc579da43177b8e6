import type { BackendFixture, CreateContext } from "@deepagents-remote/core/conformance";
import Database from "libsql";
import { SqliteBackend } from "./sqlite-backend.js";

// Used by the suite for each case, by its command line, and by the processes of its races.

export const name = "SqliteBackend";

const LARGEST = 16 * 1024 * 1024;

export const capabilities = {
  ownRoot: true,
  namespaces: true,
  // The key includes the namespace and its slash.
  maxPathBytes: 1_024 - "case-0123456789abc/".length,
  maxFileBytes: LARGEST,
};

/** Creates a backend for one case, in the database that `SQLITE_FILE` names. */
export function create({ namespace }: CreateContext): BackendFixture {
  const path = process.env.SQLITE_FILE ?? "conformance.db";
  const backends: SqliteBackend[] = [];
  const open = () => {
    const backend = new SqliteBackend({ path, namespace, maxFileBytes: LARGEST });
    backends.push(backend);
    return backend;
  };
  return {
    backend: open(),
    open,
    async close() {
      for (const backend of backends) await backend.close();
    },
    /** Simulates an outage by renaming the table, so that every statement fails. */
    outage() {
      const other = new Database(path);
      other.exec("ALTER TABLE files RENAME TO away");
      return () => {
        other.exec("ALTER TABLE away RENAME TO files");
        other.close();
      };
    },
  };
}
