import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import { dropConnection, trackedStatement } from "./client-connection.js";
import type { ConnectionSource } from "./connection-source.js";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";

/** Connections of a caller's client, which queues statements by itself. */
export class ClientSource implements ConnectionSource {
  readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  acquire(): undefined {}

  release(): void {}

  statement(text: string, parameters: TextParameter[], prepare: boolean): Statement {
    return trackedStatement(this.sql, text, parameters, prepare);
  }

  notSent(): Error {
    return new RemoteBackendError("timeout", CLIENT_BUSY, { hint: LOOK_AT_CLIENT });
  }

  /**
   * Cancels a statement without `query.cancel()`, which drops the promise of its request: a rejection would end the
   * process.
   */
  cancel(query: Statement): void {
    query.canceller?.(query).catch(() => {});
  }

  /**
   * Drops the connection unless the statement is queued behind another one, which may be the caller's and may be slow.
   */
  dropStalled(query: Statement): void {
    if (query.active) dropConnection(this.sql, query);
  }

  leadsElsewhere(): boolean {
    return false;
  }
}

const CLIENT_BUSY = "The statement waited too long for a connection of the client `sql`.";
const LOOK_AT_CLIENT = "Its connections are busy (raise its `max`), or the server does not answer.";
