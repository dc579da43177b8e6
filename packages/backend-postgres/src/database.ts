import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import type { Sockets } from "./sockets.js";
import { failure, STALLED, translateError } from "./translate-error.js";
import { isOver, timeLeft, type Until } from "./until.js";

/** One column as the server sent it: untouched by type parsers that a caller's client may have. */
export type Column = Buffer | null;

/** What is bound to a statement: text or NULL, which every statement casts itself. */
export type Parameter = string | null;

/** How long a cancelled statement may take to say so, in milliseconds, before its connection counts as stalled. */
const CANCEL_GRACE_MS = 1_000;

/** How long statements may go on when the pool is ended, in milliseconds. */
const END_GRACE_MS = 5_000;

/** How much longer a statement may take than its operation, in milliseconds: that is to answer first. */
const OPERATION_FIRST_MS = 20;

/** Node's timers end here, after 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A statement of postgres.js, with what it keeps to itself. */
interface Statement extends PromiseLike<unknown> {
  forEach(take: TakeRow): PromiseLike<unknown>;
  forEachFn: TakeRow;
  /** The connection it was sent on; `null` while it waits for one. */
  state: { pid: number | null } | null;
  /** Whether it is the one that its connection answers now. */
  active: boolean;
  /** True until the server has described the statement's parameters: it has not been told to run the statement before. */
  describeFirst?: boolean;
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
    until: Until,
    prepare = true,
  ): Promise<readonly Column[][]> {
    return this.#run(statement, parameters, until, false, prepare);
  }

  /**
   * Runs a statement that changes nothing and whose rows are large: none is kept once it is taken.
   * @throws RemoteBackendError
   */
  each(statement: string, parameters: readonly Parameter[], until: Until, take: TakeRow): Promise<unknown> {
    return this.#run(statement, parameters, until, false, true, take);
  }

  /**
   * Runs a statement that changes rows.
   * @throws RemoteBackendError `unknown-outcome` when its answer was lost.
   */
  write(statement: string, parameters: readonly Parameter[], until: Until): Promise<readonly Column[][]> {
    return this.#run(statement, parameters, until, true, true);
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
    until: Until,
    writes: boolean,
    prepare: boolean,
    take?: TakeRow,
  ): Promise<readonly Column[][]> {
    if (isOver(until)) throw new RemoteBackendError("timeout", "The operation ran out of time.");
    const query = this.sql
      .unsafe(statement, parameters as Parameter[], { prepare })
      .raw() as unknown as Statement;
    // Collected here: after a failure in the middle of an answer, postgres.js puts the rows of the next one behind
    // as many holes.
    const rows: Column[][] = [];
    this.#statements.add(query);
    try {
      const answer = await this.#answer(query, take ?? collect(rows), until);
      if (isNoAnswer(answer)) throw failure("CONNECTION_CLOSED");
      return rows;
    } catch (error) {
      throw translateError(error, writes && query.state !== null && !query.describeFirst);
    } finally {
      this.#statements.delete(query);
      query.forEachFn = forget;
    }
  }

  /** Sends a statement. A client timer and a cancel request end it: PgBouncer refuses `statement_timeout` at startup. */
  #answer(query: Statement, take: TakeRow, until: Until): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isUp = false;
      const stop = () => {
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
      let timer = setTimeout(stop, Math.min(this.#timeoutMs, timeLeft(until) + OPERATION_FIRST_MS));
      const signal = typeof until === "number" ? undefined : until;
      signal?.addEventListener("abort", stop, { once: true });
      const clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      };
      const answered = (answer: unknown) => {
        clear();
        resolve(answer);
      };
      const failed = (error: unknown) => {
        clear();
        // Nothing was done, so it may be done again.
        const isInnocent = isCancelled(error) && !isUp;
        reject(isInnocent ? translateError(failure("ECONNRESET"), false) : error);
      };
      query.forEach(take).then(answered, failed);
    });
  }
}

type TakeRow = (row: Column[]) => void;

const collect =
  (rows: Column[][]): TakeRow =>
  (row) =>
    void rows.push(row);

/**
 * Takes the place of what took the rows. A statement of postgres.js, and all it leads to, lives until the next full
 * garbage collection, because V8 puts functions that are assigned to a property (its `resolve`) among what is old: rows
 * of 40 KB, read one after another, had filled 50 MB when it came, and fill 4 MB without.
 */
const forget: TakeRow = () => {};

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
