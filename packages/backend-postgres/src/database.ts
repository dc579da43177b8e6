import { RemoteBackendError } from "@deepagents-remote/core";
import type { PendingRawQuery, Row, Sql } from "postgres";
import { STALLED, translateError } from "./translate-error.js";

/** One column as the server sent it: untouched by type parsers that a caller's client may have. */
export type Column = Buffer | null;

/** What is bound to a statement: text or NULL, which every statement casts itself. */
export type Parameter = string | null;

/** How long a cancelled statement may take to say so, in milliseconds, before its connection counts as stalled. */
const CANCEL_GRACE_MS = 1_000;

/** Node's timers end here, after 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs statements within their time, and says what went wrong in our words. */
export class Database {
  readonly sql: Sql;
  readonly #timeoutMs: number;

  constructor(sql: Sql, statementTimeoutMs: number) {
    this.sql = sql;
    this.#timeoutMs = statementTimeoutMs;
  }

  /** The same database, for statements that take as long as they take. */
  withoutTimeout(): Database {
    return new Database(this.sql, LONGEST_TIMER_MS);
  }

  /**
   * Runs a statement that changes nothing.
   * @param prepare `false` where the best plan depends on the parameters: a prepared statement gets a plan for any.
   * @throws RemoteBackendError
   */
  read(
    statement: string,
    parameters: readonly Parameter[],
    signal: AbortSignal,
    prepare = true,
  ): Promise<readonly Column[][]> {
    return this.#run(statement, parameters, signal, false, prepare);
  }

  /**
   * Runs a statement that changes rows.
   * @throws RemoteBackendError `unknown-outcome` when its answer was lost.
   */
  write(
    statement: string,
    parameters: readonly Parameter[],
    signal: AbortSignal,
  ): Promise<readonly Column[][]> {
    return this.#run(statement, parameters, signal, true, true);
  }

  async #run(
    statement: string,
    parameters: readonly Parameter[],
    signal: AbortSignal,
    writes: boolean,
    prepare: boolean,
  ) {
    const query = this.sql.unsafe(statement, [...parameters], { prepare }).raw();
    try {
      return (await this.#bounded(query, signal)) as unknown as readonly Column[][];
    } catch (error) {
      throw translateError(error, writes);
    }
  }

  /** A client timer and a cancel request: PgBouncer refuses `statement_timeout` as a startup parameter. */
  async #bounded(query: PendingRawQuery<(Row & Iterable<Row>)[]>, signal: AbortSignal) {
    let timer: NodeJS.Timeout | undefined;
    let stop = () => {};
    const stalled = new Promise<never>((_, reject) => {
      stop = () => {
        clearTimeout(timer);
        timer = setTimeout(reject, CANCEL_GRACE_MS, { code: STALLED });
        cancel(query);
      };
      timer = setTimeout(stop, this.#timeoutMs);
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (signal.aborted) throw new RemoteBackendError("timeout", "The operation ran out of time.");
      return await Promise.race([query, stalled]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }
}

/**
 * Asks the server to cancel a statement. `query.cancel()` drops the promise of the request, so that one which fails
 * would end the process as an unhandled rejection; what is behind it does not. Should the request fail, the grace
 * period ends the wait all the same.
 */
function cancel(query: object): void {
  const { canceller } = query as { canceller?: (query: object) => Promise<void> };
  canceller?.(query).catch(() => {});
}

/** A column as text. */
export const text = (column: Column | undefined): string | undefined => column?.toString("utf8");
