import { RemoteBackendError } from "@deepagents-remote/core";
import type { Sql } from "postgres";
import type { Pool } from "./connect.js";
import { type ConnectionSource, msUntil } from "./connection-source.js";
import type { LargeParameters } from "./large-parameters.js";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";
import { CONNECT_TIMEOUT, failure } from "./translate-error.js";
import type { Until } from "./until.js";

/** Connections of our own pool. */
export class PoolSource implements ConnectionSource {
  readonly #pool: Pool;
  readonly #name: string;

  /** @param name Description of the database for messages. */
  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.#name = name;
  }

  get sql(): Sql {
    return this.#pool.sql;
  }

  get largeParameters(): LargeParameters {
    return this.#pool.sockets.largeParameters;
  }

  acquire(endsAt: number, until: Until): Promise<void> | undefined {
    const since = Date.now();
    const admission = this.#pool.slots.acquire(
      msUntil(endsAt),
      typeof until === "number" ? undefined : until,
    );
    return admission === true ? undefined : this.#admitted(admission, since);
  }

  async #admitted(admission: false | Promise<boolean>, since: number): Promise<void> {
    if (await admission) return;
    if (this.#pool.sockets.heardAt > since) {
      throw new RemoteBackendError("timeout", POOL_BUSY, { hint: RAISE_POOL });
    }
    throw new RemoteBackendError(
      "timeout",
      `The ${this.#name} did not answer in time: every connection waits for it.`,
      { hint: LOOK_FOR_LOCKS },
    );
  }

  release(): void {
    this.#pool.slots.release();
  }

  statement(text: string, parameters: TextParameter[], prepare: boolean): Statement {
    return this.sql.unsafe(text, parameters, { prepare }).raw() as unknown as Statement;
  }

  notSent(): Error {
    return failure(CONNECT_TIMEOUT);
  }

  cancel({ state }: Statement): void {
    if (state) void this.#pool.sockets.cancel(state.pid);
  }

  dropStalled({ state }: Statement, sentAt: number): void {
    if (state) this.#pool.sockets.dropStalled(state.pid, sentAt);
  }

  leadsElsewhere({ state }: Statement): boolean {
    const { sockets } = this.#pool;
    const isOld = (state ? (sockets.find(state.pid)?.answers ?? 0) : 0) > 1;
    if (isOld) sockets.dropIdle(Date.now());
    return isOld;
  }
}

const POOL_BUSY = "The statement waited too long for a connection.";
const RAISE_POOL = "Raise maxPoolSize, or find out what occupies the connections.";
const LOOK_FOR_LOCKS = "Look for locks and long transactions, or for a server that hangs.";
