import { once } from "node:events";
import { connect as connectTcp, isIP, Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Address, ConnectionSettings } from "./connection-settings.js";
import { failure, NO_TLS, NOT_POSTGRES } from "./translate-error.js";

/** `SSLRequest`: length 8, code 80877103. The server responds with `S` or `N`. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Idle time before the first TCP keepalive probe, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Opens a socket to the server for postgres.js, with TLS if configured.
 *
 * postgres.js could do this itself, but starts TLS even if the server refuses it.
 * @param signal Aborted at the connect timeout.
 * @throws An error with a code.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function openSocket(
  { host, port }: Address,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const { sslmode } = settings;
  const isUnix = host.startsWith("/");
  const socket = isUnix ? connectTcp(`${host}/.s.PGSQL.${port}`) : connectTcp(port, host);
  try {
    await once(socket, "connect", { signal });
    // As postgres.js does for its own sockets. Firewalls should also see that the connection is alive.
    socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
    if (isUnix || sslmode === "disable") return socket;
    socket.write(SSL_REQUEST);
    const answer = await sslAnswer(socket, signal);
    if (answer === "N" && (sslmode === "prefer" || sslmode === "allow")) return socket;
    // An `ErrorResponse`: the server cannot start a process for this connection.
    if (answer.startsWith("E")) throw failure("ECONNRESET");
    if (answer !== "S") throw failure(answer === "N" ? NO_TLS : NOT_POSTGRES);
    const secure = connectTls({ socket, ...verification(host, settings) });
    await once(secure, "secureConnect", { signal });
    return secure;
  } catch (error) {
    socket.destroy();
    throw (error as Error).name === "AbortError" ? failure("CONNECT_TIMEOUT") : error;
  }
}

/** Reads the response to `SSLRequest`: a single byte. Data after it would not be protected by TLS. */
function sslAnswer(socket: Socket, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    once(socket, "data", { signal }).then(([data]) => resolve(data.toString("latin1")), reject);
    socket.once("end", () => reject(failure("ECONNRESET")));
  });
}

/** Returns TLS options that verify the certificate as libpq does for each `sslmode`. */
function verification(host: string, { sslmode, ca }: ConnectionSettings): ConnectionOptions {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const authority = ca === undefined ? {} : { ca };
  if (sslmode === "verify-full") return { ...servername, ...authority, host };
  // With a root certificate, `require` verifies it, as libpq does.
  const verifies = sslmode === "verify-ca" || (sslmode === "require" && ca !== undefined);
  return { ...servername, ...authority, rejectUnauthorized: verifies, checkServerIdentity: () => undefined };
}

/**
 * Returns a socket that fails as soon as postgres.js listens. postgres.js leaks a connection if creating its socket
 * fails.
 */
export function failingSocket(error: unknown): Socket {
  const socket = new Socket();
  socket.write = () => true;
  setImmediate(() => socket.destroy(error as Error));
  return socket;
}
