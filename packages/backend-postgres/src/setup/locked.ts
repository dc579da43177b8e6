import { RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "../connection/database.js";
import type { Column } from "../connection/statement.js";

/** One process at a time in a database, whatever its table; the number stands for nothing else. */
const ADVISORY_LOCK = "7305457893110297";

/**
 * Runs statements while no other process does, as one transaction: that is what PostgreSQL makes of one message of the
 * simple protocol.
 * @param lockTimeoutMs Longest wait for each lock that somebody else holds, in milliseconds.
 * @returns The rows of all of them.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
export function runLocked(
  database: Database,
  statements: readonly string[],
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<readonly Column[][]> {
  const locked = [
    // A stricter default would see the tables as they were before the lock.
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    `SELECT set_config('lock_timeout', '${lockTimeoutMs}ms', true)`,
    `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
    ...statements,
  ];
  return database.write(locked.join(";\n"), [], signal);
}

/** The SQLSTATE behind an error of ours; empty without one. */
export function sqlState(error: unknown): string {
  const cause = RemoteBackendError.is(error) ? error.cause : undefined;
  return (cause as { code?: string } | undefined)?.code ?? "";
}
