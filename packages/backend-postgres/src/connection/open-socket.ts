import { once } from "node:events";
import { connect as connectTcp, isIP, Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Address, ConnectionSettings } from "./connection-settings.js";
import { failure, NO_TLS, NOT_POSTGRES } from "./translate-error.js";

/** Length 8, code 80877103; the server answers `S` or `N`. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Idle time after which the operating system asks the other side whether it is there, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/**
 * A socket to the server, with TLS where it should have it, for postgres.js to speak on.
 *
 * postgres.js can do this itself, but starts TLS on a server that has refused it.
 * @param signal Aborted when the time to connect is up.
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
    // As postgres.js does with sockets of its own: also a firewall is to see that the connection lives.
    socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
    if (isUnix || sslmode === "disable") return socket;
    socket.write(SSL_REQUEST);
    const answer = await sslAnswer(socket, signal);
    if (answer === "N" && (sslmode === "prefer" || sslmode === "allow")) return socket;
    // An error, of a server that cannot start a process for us.
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

/** The answer to a request for TLS: one byte, and nothing behind it that TLS would not protect. */
function sslAnswer(socket: Socket, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    once(socket, "data", { signal }).then(([data]) => resolve(data.toString("latin1")), reject);
    socket.once("end", () => reject(failure("ECONNRESET")));
  });
}

/** libpq's words for what of the certificate is checked. */
function verification(host: string, { sslmode, ca }: ConnectionSettings): ConnectionOptions {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const authority = ca === undefined ? {} : { ca };
  if (sslmode === "verify-full") return { ...servername, ...authority, host };
  // With a root certificate, `require` verifies it, as libpq does.
  const verifies = sslmode === "verify-ca" || (sslmode === "require" && ca !== undefined);
  return { ...servername, ...authority, rejectUnauthorized: verifies, checkServerIdentity: () => undefined };
}

/**
 * A socket that fails as soon as postgres.js listens: it loses a connection whose socket could not be made at all.
 */
export function doomed(error: unknown): Socket {
  const socket = new Socket();
  socket.write = () => true;
  setImmediate(() => socket.destroy(error as Error));
  return socket;
}
