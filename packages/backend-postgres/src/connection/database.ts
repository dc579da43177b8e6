import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import type { Pool } from "./connect.js";
import { asTexts, type Parameter, type TextParameter } from "./parameters.js";
import {
  CANCELLED,
  type Circumstances,
  CONNECT_TIMEOUT,
  errorCode,
  failure,
  NOT_SENT,
  READ_ONLY,
  STALLED,
  translateError,
} from "./translate-error.js";
import { isOver, timeLeft, type Until } from "./until.js";

/** One column as the server sent it: untouched by type parsers that a caller's client may have. */
export type Column = Buffer | null;

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
  state: { readonly pid: number | null } | null;
  /** Whether it is the one that its connection answers now. */
  active: boolean;
  /** True until the server has described the statement's parameters: it has not been told to run the statement before. */
  describeFirst?: boolean;
  strings: string[];
  args: unknown[];
  canceller: ((statement: Statement) => Promise<void>) | null;
}

/** How the statements of a database run. */
export interface DatabaseSettings {
  /** Longest time of one statement, the wait for a connection included, in milliseconds. */
  readonly timeoutMs: number;
  /** Our own pool, if the client is of one. */
  readonly pool?: Pool | undefined;
  /** The database and its address, for messages. See `describeDatabase`. */
  readonly name?: string | undefined;
}

/** Runs statements within their time, and says what went wrong in our words. */
export class Database {
  readonly sql: Sql;
  readonly #settings: DatabaseSettings;
  readonly #pool: Pool | undefined;
  /** Statements that are not answered yet. */
  #statements = new Set<Statement>();
  /** Number of statements that wait for one of our connections. */
  #waiting = 0;

  constructor(sql: Sql, settings: DatabaseSettings) {
    this.sql = sql;
    this.#settings = settings;
    this.#pool = settings.pool;
  }

  /** The database and its address, without secrets. */
  get name(): string {
    return this.#settings.name ?? "database";
  }

  /** The same database, for statements that take as long as they take. */
  withoutTimeout(): Database {
    const database = new Database(this.sql, { ...this.#settings, timeoutMs: LONGEST_TIMER_MS });
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
    const connecting = [...this.#statements].filter(({ state }) => state === null).length;
    return { running: this.#statements.size - connecting, waiting: this.#waiting + connecting };
  }

  /** Resolves when all statements have ended, and 5 seconds later at the latest. */
  async settled(): Promise<void> {
    // Not by postgres.js, which waits for lost connections too.
    const ended = Promise.allSettled(this.#statements);
    await Promise.race([ended, delay(END_GRACE_MS, undefined, { ref: false })]);
  }

  async #run(
    statement: string,
    parameters: readonly Parameter[],
    until: Until,
    writes: boolean,
    prepare: boolean,
    take?: TakeRow,
  ): Promise<readonly Column[][]> {
    const large = this.#pool?.sockets.largeParameters;
    const { texts, tokens } = await asTexts(parameters, large);
    try {
      return await this.#runText(statement, texts, until, writes, prepare, take);
    } finally {
      for (const token of tokens) large?.delete(token);
    }
  }

  async #runText(
    statement: string,
    parameters: TextParameter[],
    until: Until,
    writes: boolean,
    prepare: boolean,
    take?: TakeRow,
  ): Promise<readonly Column[][]> {
    if (isOver(until)) throw new RemoteBackendError("timeout", "The operation ran out of time.");
    const endsAt =
      performance.now() + Math.min(this.#settings.timeoutMs, timeLeft(until) + OPERATION_FIRST_MS);
    await this.#connection(endsAt, until);
    const query = this.sql.unsafe(statement, parameters, { prepare }).raw() as unknown as Statement;
    // Collected here: after a failure in the middle of an answer, postgres.js puts the rows of the next one behind
    // as many holes.
    const rows: Column[][] = [];
    this.#statements.add(query);
    const sentAt = Date.now();
    try {
      const answer = await this.#answer(query, take ?? collect(rows), endsAt, until);
      if (isNoAnswer(answer)) throw failure("CONNECTION_CLOSED");
      return rows;
    } catch (error) {
      const mayBeDone = writes && !query.describeFirst;
      throw await this.#translated(error, query, { writes: mayBeDone, ranMs: Date.now() - sentAt });
    } finally {
      this.#statements.delete(query);
      query.forEachFn = forget;
    }
  }

  /** Waits for one of our connections to be free. A caller's client does so by itself. */
  async #connection(endsAt: number, until: Until): Promise<void> {
    if (this.#pool === undefined) return;
    const { slots, sockets } = this.#pool;
    const since = Date.now();
    const admission = slots.acquire(msUntil(endsAt), typeof until === "number" ? undefined : until);
    if (admission === true) return;
    this.#waiting++;
    const isAdmitted = await admission;
    this.#waiting--;
    if (isAdmitted) return;
    if (sockets.heardAt > since) throw new RemoteBackendError("timeout", POOL_BUSY, { hint: RAISE_POOL });
    throw new RemoteBackendError(
      "timeout",
      `The ${this.name} did not answer in time: every connection waits for it.`,
      { hint: "Look for locks and long transactions, or for a server that hangs." },
    );
  }

  /** Sends a statement. A client timer and a cancel request end it: PgBouncer refuses `statement_timeout` at startup. */
  #answer(query: Statement, take: TakeRow, endsAt: number, until: Until): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sentAt = Date.now();
      let isUp = false;
      const stop = () => {
        if (isUp) return;
        isUp = true;
        clearTimeout(timer);
        if (withdraw(query)) {
          return reject(
            this.#pool
              ? failure(CONNECT_TIMEOUT)
              : new RemoteBackendError("timeout", CLIENT_BUSY, { hint: LOOK_AT_CLIENT }),
          );
        }
        this.#cancelUntilDone(query);
        timer = setTimeout(() => {
          if (query.state) this.#pool?.sockets.dropStalled(query.state.pid, sentAt);
          reject(failure(STALLED));
        }, CANCEL_GRACE_MS);
      };
      let timer = setTimeout(stop, msUntil(endsAt));
      const signal = typeof until === "number" ? undefined : until;
      signal?.addEventListener("abort", stop, { once: true });
      const clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      };
      const answered = (answer: unknown) => {
        clear();
        this.#pool?.slots.release();
        resolve(answer);
      };
      const failed = (error: unknown) => {
        clear();
        this.#pool?.slots.release();
        reject(errorCode(error) === CANCELLED && !isUp ? failure(FOREIGN_CANCEL, { cause: error }) : error);
      };
      query.forEach(take).then(answered, failed);
    });
  }

  async #translated(
    error: unknown,
    query: Statement,
    { writes, ranMs }: { writes: boolean; ranMs: number },
  ): Promise<RemoteBackendError> {
    const code = errorCode(error);
    const isSent = query.state !== null && code !== NOT_SENT;
    const about: Circumstances = {
      writes,
      isSent,
      ...(this.#settings.name && { database: this.#settings.name }),
    };
    if (code === FOREIGN_CANCEL) {
      const { cause } = error as { cause: unknown };
      if (await this.#isStatementTimeout(ranMs)) return translateError(cause, about);
      // A request to cancel another statement hit this one, which did nothing.
      return new RemoteBackendError("unavailable", "The statement was cancelled by another session.", {
        cause,
      });
    }
    if (code === READ_ONLY && query.state && this.#leadsElsewhere(query.state.pid)) {
      const { message, hint } = translateError(error, about);
      return new RemoteBackendError("unavailable", message, { cause: error, hint });
    }
    return translateError(error, about);
  }

  /**
   * True if the server's own `statement_timeout` ended a statement that we did not cancel. It has the SQLSTATE of a
   * cancel request, and differs only by its message, which is in the server's language.
   */
  async #isStatementTimeout(ranMs: number): Promise<boolean> {
    const setting =
      "SELECT setting::text FROM pg_settings WHERE name = 'statement_timeout' AND $1::text = ''";
    const until = performance.now() + CANCEL_GRACE_MS;
    const [row] = await this.read(setting, [""], until).catch(() => []);
    const limitMs = Number(text(row?.[0]) ?? 0);
    return limitMs > 0 && ranMs >= limitMs;
  }

  /**
   * After a failover old connections still lead to the former primary. Drops them, and returns true if the one that
   * refused a write was not new: a new one may lead to the primary.
   */
  #leadsElsewhere(id: number | null): boolean {
    const sockets = this.#pool?.sockets;
    const isOld = (sockets?.find(id)?.answers ?? 0) > 1;
    if (isOld) sockets?.dropIdle(Date.now());
    return isOld;
  }

  /**
   * Asks the server to cancel a statement, again and again until it has ended. Never while the statement stands behind
   * another one of a caller's client, where postgres.js would give its answer to the next.
   */
  #cancelUntilDone(query: Statement): void {
    const cancel = () => {
      if (!query.active || !query.state) return;
      if (this.#pool) void this.#pool.sockets.cancel(query.state.pid);
      // Not by `query.cancel()`, which drops the promise of the request: one that fails would end the process.
      else query.canceller?.(query).catch(() => {});
    };
    cancel();
    const timer = setInterval(cancel, CANCEL_GRACE_MS).unref();
    const done = () => clearInterval(timer);
    query.then(done, done);
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

/** Time until then, for timers, which cut fractions off. */
const msUntil = (time: number): number => Math.ceil(time - performance.now());

/** A statement was cancelled, and not by us. */
const FOREIGN_CANCEL = "FOREIGN_CANCEL";

const POOL_BUSY = "The statement waited too long for a connection.";
const RAISE_POOL = "Raise maxPoolSize, or look for what holds the others.";

const CLIENT_BUSY = "The statement waited too long for a connection of the client `sql`.";
const LOOK_AT_CLIENT = "Its connections are busy (raise its `max`), or the server does not answer.";

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

/** A column as text. */
export const text = (column: Column | undefined): string | undefined => column?.toString("utf8");
