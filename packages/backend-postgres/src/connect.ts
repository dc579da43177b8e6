import { RemoteBackendError } from "@deepagents-remote/core";
import postgres, { type Options, type Sql } from "postgres";
import { LONG_STARTUP } from "./adapt-socket.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { doomed } from "./open-socket.js";
import { Sockets } from "./sockets.js";
import { failure, NO_PASSWORD } from "./translate-error.js";

/** A pool of connections, and the sockets under it. */
export interface Pool {
  readonly sql: Sql;
  readonly sockets: Sockets;
}

/** Options of postgres.js that its types lack. */
interface UntypedOptions {
  max_pipeline: number;
  socket: () => Promise<unknown>;
}

/**
 * A pool; no connection is opened before the first statement.
 * @throws RemoteBackendError `invalid-options` for a variable of the environment that postgres.js refuses.
 */
export function connect(settings: ConnectionSettings): Pool {
  const sockets = new Sockets(settings);
  let password = "";
  const options: Options<Record<string, never>> & UntypedOptions = {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: () => password,
    socket: async () => {
      // Asked here and not by postgres.js, where a function that fails would end the process.
      const given = await currentPassword(settings);
      if (given === undefined) return doomed(failure(NO_PASSWORD));
      password = given;
      return sockets.open();
    },
    // TLS is the socket's.
    ssl: false,
    max: settings.maxPoolSize,
    connect_timeout: settings.connectTimeoutMs / 1_000,
    prepare: settings.prepare,
    // One statement a connection: nothing waits behind a slow one while another connection is free.
    max_pipeline: 0,
    // The caller of a statement decides when to try again.
    backoff: () => 0,
    // Arrays travel as JSON text, so their types need not be asked for on each connection.
    fetch_types: false,
    onnotice: () => {},
    connection: LONG_STARTUP,
  };
  try {
    return { sql: postgres(options), sockets };
  } catch (cause) {
    throw new RemoteBackendError(
      "invalid-options",
      "PostgreSQL: a PG... variable of the environment is not usable.",
      {
        cause,
      },
    );
  }
}

/** `undefined` when its function fails or gives no string. */
async function currentPassword({ password }: ConnectionSettings): Promise<string | undefined> {
  if (typeof password === "string") return password;
  try {
    const given: unknown = await password();
    return typeof given === "string" ? given : undefined;
  } catch {
    // What it threw may hold a secret; that it failed is told.
    return undefined;
  }
}
