import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../connection/database.js";
import type { Column } from "../connection/statement.js";

/** SQLSTATEs of concurrent creation by a session that takes no lock, such as the Python package. */
export const CREATED_BY_OTHERS: ReadonlySet<string> = new Set(["23505", "42P06", "42P07", "42710", "42701"]);

/** Arbitrary advisory-lock key that serializes schema changes in a database. */
const ADVISORY_LOCK = "7305457893110297";

/**
 * Runs statements in one transaction under an advisory lock. PostgreSQL runs the statements of one simple-protocol
 * message as a transaction.
 * @param lockTimeoutMs Maximum wait for each lock, in milliseconds.
 * @returns The rows of all statements.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
export function runLocked(
  database: Database,
  statements: readonly string[],
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<readonly Column[][]> {
  const locked = [
    // Under a stricter default, statements would see the tables as they were before the lock was acquired.
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    `SELECT set_config('lock_timeout', '${lockTimeoutMs}ms', true)`,
    `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
    ...statements,
  ];
  return database.write(locked.join(";\n"), [], signal);
}

/** Returns the SQLSTATE that caused an error of ours, or an empty string. */
export function sqlState(error: unknown): string {
  const cause = RemoteBackendError.is(error) ? error.cause : undefined;
  return (cause as { code?: string } | undefined)?.code ?? "";
}
