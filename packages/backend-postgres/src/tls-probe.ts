import { createConnection } from "node:net";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { ConnectionSettings } from "./connection-settings.js";

/** Length 8, code 80877103; the server answers one byte, `S` or `N`. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Finds out whether a server that must speak TLS does. postgres.js would start TLS on a refusal, which ends in an
 * error that nobody can read.
 * @throws RemoteBackendError `unfit` when it does not. Other troubles are left to the connection itself to name.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function requireTls({
  host,
  port,
  sslmode,
  connectTimeoutMs,
}: ConnectionSettings): Promise<void> {
  if (!["require", "verify-ca", "verify-full"].includes(sslmode) || host.startsWith("/")) return;
  const answer = await new Promise<string>((resolve) => {
    const socket = createConnection({ host, port, timeout: connectTimeoutMs });
    const done = (byte: string) => {
      socket.destroy();
      resolve(byte);
    };
    socket.once("connect", () => socket.write(SSL_REQUEST));
    socket.once("data", (data) => done(data.toString("latin1", 0, 1)));
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => done(""));
  });
  if (answer === "N") {
    throw new RemoteBackendError(
      "unfit",
      `The PostgreSQL server does not offer TLS, and sslmode is "${sslmode}": turn TLS on at the server, or choose "prefer" or "disable".`,
    );
  }
}
