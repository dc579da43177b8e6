import { RemoteBackendError } from "@deepagents-remote/core";
import { Semaphore } from "@deepagents-remote/core/adapter";
import postgres, { type Options, type Sql } from "postgres";
import type { ConnectionSettings } from "./connection-settings.js";
import { failingSocket } from "./open-socket.js";
import { Sockets } from "./sockets.js";
import { failure, NO_PASSWORD, PASSWORD_LATE } from "./translate-error.js";

/** A connection pool and its sockets. */
export interface Pool {
  readonly sql: Sql;
  readonly sockets: Sockets;
  /** One permit per connection, so that postgres.js never queues a statement. */
  readonly slots: Semaphore;
}

/** Options of postgres.js that its types omit. */
interface UntypedOptions {
  max_pipeline: number;
  socket: () => Promise<unknown>;
}

/**
 * Makes the startup message long enough for postgres.js to write it immediately. It buffers a shorter one, and may
 * never flush it.
 */
const LONG_STARTUP = { padding: " ".repeat(1_024) };

/**
 * Creates a pool. Opens no connection before the first statement.
 * @throws RemoteBackendError `invalid-options` for an environment variable that postgres.js refuses.
 */
export function connect(settings: ConnectionSettings): Pool {
  const sockets = new Sockets(settings);
  let password = "";
  const options: Options<Record<string, never>> & UntypedOptions = {
    // A placeholder: our sockets connect to the configured hosts.
    host: "localhost",
    port: 5432,
    database: settings.database,
    user: settings.user,
    password: () => password,
    socket: async () => {
      try {
        // Obtained here, because in postgres.js a password function that fails would end the process.
        password = await currentPassword(settings);
      } catch (error) {
        return failingSocket(error);
      }
      return sockets.open();
    },
    // The socket handles TLS.
    ssl: false,
    target_session_attrs: undefined as never,
    max: settings.maxPoolSize,
    connect_timeout: settings.connectTimeoutMs / 1_000,
    // Connections close themselves: postgres.js would wait for dead ones.
    idle_timeout: null as never,
    max_lifetime: null,
    prepare: settings.prepare,
    // One statement per connection, so that none waits behind a slow one while another connection is free.
    max_pipeline: 0,
    // The caller of a statement decides when to retry.
    backoff: () => 0,
    // Arrays are sent as JSON text, so there is no need to query array types on each connection.
    fetch_types: false,
    onnotice: () => {},
    connection: LONG_STARTUP,
  };
  try {
    return { sql: postgres(options), sockets, slots: new Semaphore(settings.maxPoolSize) };
  } catch (cause) {
    throw new RemoteBackendError(
      "invalid-options",
      "PostgreSQL: a PG... environment variable has an invalid value.",
      { cause },
    );
  }
}

/**
 * Obtains the password.
 * @throws An error with a code if the caller's function fails, times out, or does not return a string.
 */
async function currentPassword({ password, connectTimeoutMs }: ConnectionSettings): Promise<string> {
  if (typeof password === "string") return password;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure(PASSWORD_LATE)), connectTimeoutMs);
  });
  try {
    // The async wrapper turns a synchronous exception into a rejection.
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
