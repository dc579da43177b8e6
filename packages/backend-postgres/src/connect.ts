import { isIP } from "node:net";
import postgres, { type Sql } from "postgres";
import type { ConnectionSettings } from "./connection-settings.js";

/** What postgres.js takes for TLS: its own word, or options of Node's `tls.connect`. */
function tlsOptions({ sslmode, ca, host }: ConnectionSettings) {
  switch (sslmode) {
    case "disable":
      return false;
    case "allow":
    case "prefer":
      return "prefer";
    case "require":
      // libpq: with a root certificate, `require` verifies it.
      return ca === undefined ? "require" : { ca, checkServerIdentity: () => undefined };
    case "verify-ca":
      return { ...(ca !== undefined && { ca }), checkServerIdentity: () => undefined };
    case "verify-full":
      return { ...(ca !== undefined && { ca }), ...(isIP(host) === 0 && { servername: host }) };
  }
}

/** A pool of connections; none is opened before the first statement. */
export function connect(settings: ConnectionSettings): Sql {
  return postgres({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    ssl: tlsOptions(settings) as "prefer",
    max: settings.maxPoolSize,
    connect_timeout: settings.connectTimeoutMs / 1_000,
    prepare: settings.prepare,
    // Not a hundred statements a connection: what stands behind a slow one waits with it. The types lack the option.
    ...({ max_pipeline: 1 } as object),
    // The caller of a statement decides when to try again.
    backoff: () => 0,
    // Arrays travel as JSON text, so their types need not be asked for on each connection.
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "deepagents-remote" },
  });
}
