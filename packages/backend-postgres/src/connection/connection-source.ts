import type { Sql } from "postgres";
import type { LargeParameters } from "./large-parameters.js";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";
import type { Until } from "./until.js";

/** Source of connections for statements: our own pool, or a caller's client. */
export interface ConnectionSource {
  readonly sql: Sql;
  /** Large contents that bypass postgres.js; `undefined` for a caller's client. */
  readonly largeParameters?: LargeParameters;
  /**
   * Acquires a connection, which `release` returns.
   * @param endsAt End of the wait on the `performance.now()` clock.
   * @returns A promise only if it has to wait.
   * @throws RemoteBackendError `timeout`
   */
  acquire(endsAt: number, until: Until): Promise<void> | undefined;
  release(): void;
  /** Creates a statement, which is sent when it is awaited. */
  statement(text: string, parameters: TextParameter[], prepare: boolean): Statement;
  /** Creates the error for a statement that timed out before it was sent. */
  notSent(): Error;
  /** Asks the server to cancel a statement. Never fails, because failed requests are repeated. */
  cancel(query: Statement): void;
  /**
   * Drops the connection of a statement that gets no response even after a cancel request.
   * @param sentAt Time on the `Date.now()` clock.
   */
  dropStalled(query: Statement, sentAt: number): void;
  /**
   * Drops old connections, which still lead to the former primary after a failover. Returns true if the connection that
   * refused a write was not new: a new connection may lead to the primary.
   */
  leadsElsewhere(query: Statement): boolean;
}

/** Returns the time until a deadline in milliseconds, rounded up because timers truncate fractions. */
export const msUntil = (time: number): number => Math.ceil(time - performance.now());
