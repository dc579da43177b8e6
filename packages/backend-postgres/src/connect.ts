import postgres, { type Options, type Sql } from "postgres";
import type { ConnectionSettings } from "./connection-settings.js";
import { openSocket } from "./open-socket.js";

/** Options of postgres.js that its types lack. */
interface UntypedOptions {
  max_pipeline: number;
  socket: () => Promise<unknown>;
}

/** A pool of connections; none is opened before the first statement. */
export function connect(settings: ConnectionSettings): Sql {
  const options: Options<Record<string, never>> & UntypedOptions = {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    socket: () => openSocket(settings),
    // TLS is the socket's.
    ssl: false,
    max: settings.maxPoolSize,
    connect_timeout: settings.connectTimeoutMs / 1_000,
    prepare: settings.prepare,
    // Not a hundred statements a connection: what stands behind a slow one waits with it.
    max_pipeline: 1,
    // The caller of a statement decides when to try again.
    backoff: () => 0,
    // Arrays travel as JSON text, so their types need not be asked for on each connection.
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "deepagents-remote" },
  };
  return postgres(options);
}
