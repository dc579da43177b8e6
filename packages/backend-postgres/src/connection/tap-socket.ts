import type { Socket } from "node:net";
import type { Write } from "./message-writer.js";

export type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Intercepts the events and writes of a socket.
 * @returns The socket's original methods.
 */
export function tapSocket(
  socket: Socket,
  onEvent: (event: string | symbol, args: unknown[]) => boolean,
  onWrite: (data: Uint8Array | string, rest: unknown[]) => boolean,
): { readonly emit: Emit; readonly write: Write } {
  const emit = socket.emit.bind(socket) as Emit;
  const write = socket.write.bind(socket) as Write;
  const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
  socket.emit = (event: string | symbol, ...args: unknown[]) => onEvent(event, args);
  socket.write = (data: Uint8Array | string, ...rest: unknown[]) => onWrite(data, rest);
  // A dead peer never acknowledges a FIN.
  socket.end = (...args: unknown[]) => {
    end(...args);
    socket.destroySoon();
    return socket;
  };
  return { emit, write };
}
