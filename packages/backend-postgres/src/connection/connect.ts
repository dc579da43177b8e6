import { RemoteBackendError } from "@deepagents-remote/core";
import postgres, { type Options, type Sql } from "postgres";
import type { ConnectionSettings } from "./connection-settings.js";
import { doomed } from "./open-socket.js";
import { Semaphore } from "./semaphore.js";
import { Sockets } from "./sockets.js";
import { failure, NO_PASSWORD, PASSWORD_LATE } from "./translate-error.js";

/** A pool of connections, and the sockets under it. */
export interface Pool {
  readonly sql: Sql;
  readonly sockets: Sockets;
  /** One permit a connection: postgres.js gets no statement that it would have to queue. */
  readonly slots: Semaphore;
}

/** Options of postgres.js that its types lack. */
interface UntypedOptions {
  max_pipeline: number;
  socket: () => Promise<unknown>;
}

/** A startup message as long as postgres.js writes at once; a shorter one may wait for a turn that never comes. */
const LONG_STARTUP = { padding: " ".repeat(1_024) };

/**
 * A pool; no connection is opened before the first statement.
 * @throws RemoteBackendError `invalid-options` for a variable of the environment that postgres.js refuses.
 */
export function connect(settings: ConnectionSettings): Pool {
  const sockets = new Sockets(settings);
  let password = "";
  const options: Options<Record<string, never>> & UntypedOptions = {
    // Sockets are ours, and know their hosts.
    host: "localhost",
    port: 5432,
    database: settings.database,
    user: settings.user,
    password: () => password,
    socket: async () => {
      try {
        // Asked here and not by postgres.js, where a function that fails would end the process.
        password = await currentPassword(settings);
      } catch (error) {
        return doomed(error);
      }
      return sockets.open();
    },
    // TLS is the socket's.
    ssl: false,
    target_session_attrs: undefined as never,
    max: settings.maxPoolSize,
    connect_timeout: settings.connectTimeoutMs / 1_000,
    // Connections end themselves: postgres.js would wait for dead ones.
    idle_timeout: null as never,
    max_lifetime: null,
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
    return { sql: postgres(options), sockets, slots: new Semaphore(settings.maxPoolSize) };
  } catch (cause) {
    throw new RemoteBackendError(
      "invalid-options",
      "PostgreSQL: a PG... variable of the environment is not usable.",
      { cause },
    );
  }
}

/** @throws An error with a code if the caller's function fails, takes too long, or returns no string. */
async function currentPassword({ password, connectTimeoutMs }: ConnectionSettings): Promise<string> {
  if (typeof password === "string") return password;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure(PASSWORD_LATE)), connectTimeoutMs);
  });
  try {
    // A function that throws rejects too.
    const given: unknown = await Promise.race([late, (async () => password())()]);
    if (typeof given !== "string") throw new TypeError(`It returned a ${typeof given}, not a string.`);
    return given;
  } catch (cause) {
    throw (cause as { code?: unknown } | undefined)?.code === PASSWORD_LATE
      ? cause
      : failure(NO_PASSWORD, { cause });
  } finally {
    clearTimeout(timer);
  }
}
