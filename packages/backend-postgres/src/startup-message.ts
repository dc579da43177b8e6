import type { ConnectionSettings } from "./connection-settings.js";

/** Version 3.0 of the protocol. */
const PROTOCOL = 3 << 16;

/**
 * The first message on a connection.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE
 */
export function startupMessage({ user, database }: ConnectionSettings): Buffer {
  const parameters = { user, database, client_encoding: "UTF8", application_name: "deepagents-remote" };
  const body = Buffer.from(`${Object.entries(parameters).flat().join("\0")}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length);
  head.writeInt32BE(PROTOCOL, 4);
  return Buffer.concat([head, body]);
}
