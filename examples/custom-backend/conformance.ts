import type { BackendFixture, CreateContext } from "@deepagents-remote/core/conformance";
import Database from "libsql";
import { SqliteBackend } from "./sqlite-backend.js";

// What the suite takes for each case; the command line of the suite, too, and the processes of its races.

export const name = "SqliteBackend";

const LARGEST = 16 * 1024 * 1024;

export const capabilities = {
  ownRoot: true,
  namespaces: true,
  // The namespace and its slash are in the key.
  maxPathBytes: 1_024 - "case-0123456789abc/".length,
  maxFileBytes: LARGEST,
};

/** A backend for one case, in the database that `SQLITE_FILE` names. */
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
    /** Renames the table, so that every statement fails. */
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
