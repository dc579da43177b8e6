import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import { answerInTime, CANCEL_GRACE_MS } from "./answer-in-time.js";
import { ClientSource } from "./client-source.js";
import type { Pool } from "./connect.js";
import type { ConnectionSource } from "./connection-source.js";
import { asTexts, type Parameter, type TextParameter } from "./parameters.js";
import { PoolSource } from "./pool-source.js";
import { type Column, collect, forget, isNoAnswer, type Statement, type TakeRow, text } from "./statement.js";
import {
  type Circumstances,
  errorCode,
  FOREIGN_CANCEL,
  failure,
  NOT_SENT,
  READ_ONLY,
  translateError,
} from "./translate-error.js";
import { isOver, timeLeft, type Until } from "./until.js";

/** How long statements may go on when the pool is ended, in milliseconds. */
const END_GRACE_MS = 5_000;

/** How much longer a statement may take than its operation, in milliseconds: that is to answer first. */
const OPERATION_FIRST_MS = 20;

/** Node's timers end here, after 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
  readonly #settings: DatabaseSettings;
  readonly #source: ConnectionSource;
  /** Statements that are not answered yet. */
  #statements = new Set<Statement>();
  /** Number of statements that wait for a connection of our pool. */
  #waiting = 0;

  constructor(sql: Sql, settings: DatabaseSettings) {
    this.#settings = settings;
    this.#source = settings.pool ? new PoolSource(settings.pool, this.name) : new ClientSource(sql);
  }

  get sql(): Sql {
    return this.#source.sql;
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
    const large = this.#source.largeParameters;
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
    await this.#acquire(endsAt, until);
    const query = this.#source.statement(statement, parameters, prepare);
    const rows: Column[][] = [];
    this.#statements.add(query);
    const sentAt = Date.now();
    try {
      const answer = await answerInTime(query, take ?? collect(rows), this.#source, { endsAt, until });
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

  async #acquire(endsAt: number, until: Until): Promise<void> {
    const wait = this.#source.acquire(endsAt, until);
    if (wait === undefined) return;
    this.#waiting++;
    await wait.finally(() => this.#waiting--);
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
    if (code === READ_ONLY && this.#source.leadsElsewhere(query)) {
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
}
