import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import type { Sockets } from "./sockets.js";
import { failure, STALLED, translateError } from "./translate-error.js";

/** One column as the server sent it: untouched by type parsers that a caller's client may have. */
export type Column = Buffer | null;

/** What is bound to a statement: text or NULL, which every statement casts itself. */
export type Parameter = string | null;

/** How long a cancelled statement may take to say so, in milliseconds, before its connection counts as stalled. */
const CANCEL_GRACE_MS = 1_000;

/** How long statements may go on when the pool is ended, in milliseconds. */
const END_GRACE_MS = 5_000;

/** Node's timers end here, after 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A statement of postgres.js, with what it keeps to itself. */
interface Statement extends PromiseLike<unknown> {
  forEach(each: (row: Column[]) => void): PromiseLike<unknown>;
  /** The connection it was sent on; `null` while it waits for one. */
  state: { pid: number | null } | null;
  /** Whether it is the one that its connection answers now. */
  active: boolean;
  strings: string[];
  args: unknown[];
  canceller: ((statement: Statement) => Promise<void>) | null;
}

/** Runs statements within their time, and says what went wrong in our words. */
export class Database {
  readonly sql: Sql;
  readonly #timeoutMs: number;
  readonly #sockets: Sockets | undefined;
  /** Those that are not answered yet. */
  #statements = new Set<Statement>();

  /** @param sockets Those of the pool, when it is ours. */
  constructor(sql: Sql, statementTimeoutMs: number, sockets?: Sockets) {
    this.sql = sql;
    this.#timeoutMs = statementTimeoutMs;
    this.#sockets = sockets;
  }

  /** The same database, for statements that take as long as they take. */
  withoutTimeout(): Database {
    const database = new Database(this.sql, LONGEST_TIMER_MS, this.#sockets);
    database.#statements = this.#statements;
    return database;
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
   * Runs a statement that changes nothing and whose rows are large: none is kept once it is taken.
   * @throws RemoteBackendError
   */
  async each(
    statement: string,
    parameters: readonly Parameter[],
    signal: AbortSignal,
    take: (row: Column[]) => void,
  ): Promise<void> {
    await this.#run(statement, parameters, signal, false, true, take);
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

  /** How many statements run, and how many wait for a connection. */
  get load(): { readonly running: number; readonly waiting: number } {
    const waiting = [...this.#statements].filter(({ state }) => state === null).length;
    return { running: this.#statements.size - waiting, waiting };
  }

  /** Ends the pool when its statements have ended, and 5 seconds later at the latest. */
  async end(): Promise<void> {
    // Not by postgres.js, which waits for connections that broke off too.
    const ended = Promise.allSettled(this.#statements);
    await Promise.race([ended, delay(END_GRACE_MS, undefined, { ref: false })]);
    await this.sql.end({ timeout: 0 });
    this.#sockets?.end();
  }

  async #run(
    statement: string,
    parameters: readonly Parameter[],
    signal: AbortSignal,
    writes: boolean,
    prepare: boolean,
    take?: (row: Column[]) => void,
  ): Promise<readonly Column[][]> {
    const query = this.sql.unsafe(statement, [...parameters], { prepare }).raw() as unknown as Statement;
    // Collected here: after a failure in the middle of an answer, postgres.js puts the rows of the next one behind
    // as many holes.
    const rows: Column[][] = [];
    const clock = this.#clock(query, signal);
    this.#statements.add(query);
    try {
      if (signal.aborted) throw new RemoteBackendError("timeout", "The operation ran out of time.");
      const answer = await Promise.race([
        query.forEach(take ?? ((row) => void rows.push(row))),
        clock.stopped,
      ]);
      if (isNoAnswer(answer)) throw failure("CONNECTION_CLOSED");
      return rows;
    } catch (error) {
      const innocent = isCancelled(error) && !clock.isUp();
      const mayHaveWritten = writes && !innocent && query.state !== null;
      throw translateError(innocent ? failure("ECONNRESET") : error, mayHaveWritten);
    } finally {
      this.#statements.delete(query);
      clock.clear();
    }
  }

  /** A client timer and a cancel request: PgBouncer refuses `statement_timeout` as a startup parameter. */
  #clock(query: Statement, signal: AbortSignal) {
    let timer: NodeJS.Timeout | undefined;
    let isUp = false;
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        if (isUp) return;
        isUp = true;
        clearTimeout(timer);
        if (withdraw(query)) return reject(new RemoteBackendError("timeout", WAITED));
        cancelUntilDone(query);
        timer = setTimeout(() => {
          if (query.state?.pid) this.#sockets?.drop(query.state.pid);
          reject(failure(STALLED));
        }, CANCEL_GRACE_MS);
      };
      timer = setTimeout(stop, this.#timeoutMs);
    });
    signal.addEventListener("abort", stop, { once: true });
    const clear = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    return { stopped, isUp: () => isUp, clear };
  }
}

/**
 * Whether a statement ended without the server saying so: postgres.js ends one that it sent on a connection in the turn
 * of its reset by the greeting of the next connection.
 */
const isNoAnswer = (answer: unknown): boolean => (answer as { command?: unknown }).command === null;

/**
 * Whether a cancel request hit a statement: one that came too late for its own hits the next, which is innocent. A
 * `statement_timeout` of the server's has the same SQLSTATE, and other words.
 */
function isCancelled(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  return code === "57014" && !message?.includes("statement timeout");
}

const WAITED =
  "The statement waited too long for a connection; raise maxPoolSize, or look for what holds the others.";

/**
 * Takes back a statement that is not sent yet, and tells whether it could. It is emptied, not cancelled: postgres.js
 * would lose the connection that is being made for it.
 */
function withdraw(query: Statement): boolean {
  if (query.state !== null) return false;
  query.strings = ["SELECT 1"];
  query.args = [];
  return true;
}

/**
 * Asks the server to cancel a statement, again and again until it has ended. Not by `query.cancel()`, which drops the
 * promise of the request, so that one which fails would end the process; and never while the statement stands behind
 * another one, where postgres.js would give its answer to the next.
 */
function cancelUntilDone(query: Statement): void {
  const cancel = () => {
    // A request that fails is made again.
    if (query.active) query.canceller?.(query).catch(() => {});
  };
  cancel();
  const timer = setInterval(cancel, CANCEL_GRACE_MS).unref();
  const done = () => clearInterval(timer);
  query.then(done, done);
}

/** A column as text. */
export const text = (column: Column | undefined): string | undefined => column?.toString("utf8");
