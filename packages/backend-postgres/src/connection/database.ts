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

/** Time for running statements to finish when the pool is closed, in milliseconds. */
const END_GRACE_MS = 5_000;

/** Grace period so that the operation's own timeout fires before that of the statement, in milliseconds. */
const OPERATION_FIRST_MS = 20;

/** Maximum delay of a Node timer: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Settings for running statements. */
export interface DatabaseSettings {
  /** Maximum duration of a statement including the wait for a connection, in milliseconds. */
  readonly timeoutMs: number;
  /** Pool of the client, if it is our own. */
  readonly pool?: Pool | undefined;
  /** Description of the database for messages. See `describeDatabase`. */
  readonly name?: string | undefined;
}

/** Runs statements with a timeout, and translates their errors. */
export class Database {
  readonly #settings: DatabaseSettings;
  readonly #source: ConnectionSource;
  /** Statements without a response so far. */
  #statements = new Set<Statement>();
  /** Number of statements that wait for a connection of the pool. */
  #waiting = 0;

  constructor(sql: Sql, settings: DatabaseSettings) {
    this.#settings = settings;
    this.#source = settings.pool ? new PoolSource(settings.pool, this.name) : new ClientSource(sql);
  }

  get sql(): Sql {
    return this.#source.sql;
  }

  /** Description of the database and its address, without secrets. */
  get name(): string {
    return this.#settings.name ?? "database";
  }

  /** Returns the same database without a statement timeout. */
  withoutTimeout(): Database {
    const database = new Database(this.sql, { ...this.#settings, timeoutMs: LONGEST_TIMER_MS });
    database.#statements = this.#statements;
    return database;
  }

  /**
   * Runs a statement that changes nothing.
   * @param prepare `false` if the best plan depends on the parameters: a prepared statement may get a generic plan.
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
   * Runs a statement that changes nothing and returns large rows, which are passed to `take` one by one and not
   * retained.
   * @throws RemoteBackendError
   */
  each(statement: string, parameters: readonly Parameter[], until: Until, take: TakeRow): Promise<unknown> {
    return this.#run(statement, parameters, until, false, true, take);
  }

  /**
   * Runs a statement that changes rows.
   * @throws RemoteBackendError `unknown-outcome` if its response was lost.
   */
  write(statement: string, parameters: readonly Parameter[], until: Until): Promise<readonly Column[][]> {
    return this.#run(statement, parameters, until, true, true);
  }

  /** Number of statements that are running, and of those that wait for a connection. */
  get load(): { readonly running: number; readonly waiting: number } {
    const connecting = [...this.#statements].filter(({ state }) => state === null).length;
    return { running: this.#statements.size - connecting, waiting: this.#waiting + connecting };
  }

  /** Resolves when all statements have ended, but after at most 5 seconds. */
  async settled(): Promise<void> {
    // postgres.js would also wait for lost connections.
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
      // A cancel request for another statement hit this one, which had no effect and can be retried.
      return new RemoteBackendError("unavailable", "The statement was canceled by another session.", {
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
   * True if the server's `statement_timeout` ended a statement that we did not cancel. Its SQLSTATE is that of a cancel
   * request, and its message, the only difference, is localized.
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
