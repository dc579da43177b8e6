import type { Socket } from "node:net";
import type { ConnectionSettings } from "./connection-settings.js";
import { startupMessage } from "./startup-message.js";

/** postgres.js writes this much at once, and less in the next turn. */
const WRITTEN_AT_ONCE = 1_024;

/** A startup parameter for postgres.js that makes its startup message long; it never leaves this process. */
export const LONG_STARTUP = { padding: " ".repeat(WRITTEN_AT_ONCE) };

/** Makes a socket safe for postgres.js, which takes the end of a connection for a moment later than it is. */
export function adaptSocket(socket: Socket, settings: ConnectionSettings): void {
  failAtClose(socket);
  startAfresh(socket, settings);
}

/**
 * Holds an error back until the socket closes. Between the two postgres.js would give the connection another
 * statement and forget it; the greeting of the next connection would then end it, with an empty answer.
 */
function failAtClose(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  let failed: unknown;
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === "error") {
      failed = args[0];
      // TLS leaves a socket open on which something else arrived.
      socket.destroy();
      return true;
    }
    if (event === "close" && failed) emit("error", failed);
    return emit(event, ...args);
  };
}

/**
 * Sends a startup message of our own in the place of the first thing that is written. Where a connection ended before
 * the turn in which postgres.js would have written, what it had to write stands before the startup message of the
 * next; and unless that is long, it waits for a turn that never comes.
 */
function startAfresh(socket: Socket, settings: ConnectionSettings): void {
  const write = socket.write;
  socket.write = (data: Uint8Array | string) => {
    socket.write = write;
    const isCancelRequest = data.length < WRITTEN_AT_ONCE;
    return socket.write(isCancelRequest ? data : startupMessage(settings));
  };
}
