import type { Sql } from "postgres";
import type { LargeParameters } from "./large-parameters.js";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";
import type { Until } from "./until.js";

/** Source of the connections that statements run on: a pool of our own, or a client of the caller's. */
export interface ConnectionSource {
  readonly sql: Sql;
  /** Contents that bypass postgres.js; `undefined` for a caller's client. */
  readonly largeParameters?: LargeParameters;
  /**
   * Takes a connection, which `release` gives back.
   * @param endsAt End of the wait, as a time of `performance.now()`.
   * @returns A promise only if there is a wait.
   * @throws RemoteBackendError `timeout`
   */
  acquire(endsAt: number, until: Until): Promise<void> | undefined;
  release(): void;
  /** Makes a statement, which is sent when it is awaited. */
  statement(text: string, parameters: TextParameter[], prepare: boolean): Statement;
  /** Error of a statement whose time was up before it was sent. */
  notSent(): Error;
  /** Asks the server to cancel a statement. Never fails: a request that does is repeated. */
  cancel(query: Statement): void;
  /**
   * Drops the connection of a statement that gets no answer, not even after a request to cancel it.
   * @param sentAt In milliseconds of `Date.now()`.
   */
  dropStalled(query: Statement, sentAt: number): void;
  /**
   * After a failover old connections still lead to the former primary. Drops them, and returns true if the one that
   * refused a write was not new: a new one may lead to the primary.
   */
  leadsElsewhere(query: Statement): boolean;
}

/** Time until then, in milliseconds, for timers, which cut fractions off. */
export const msUntil = (time: number): number => Math.ceil(time - performance.now());
