import { Socket } from "node:net";
import type { Sql } from "postgres";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";

/** A connection of postgres.js, which passes it to `onexecute` for its own transactions. */
interface ClientConnection {
  terminate?(): void;
}

/** Connections of callers' clients, by the `state` of the statements sent on them. */
const connections = new WeakMap<object, ClientConnection>();

/**
 * Creates a statement for a caller's client whose connection `dropConnection` can find. postgres.js exposes a
 * connection only if it does not have to ask the server for parameter types first, so parameters are bound as text.
 * This also saves a round trip.
 */
export function trackedStatement(
  sql: Sql,
  text: string,
  parameters: readonly TextParameter[],
  prepare: boolean,
): Statement {
  const options = {
    prepare,
    // Multiple commands in one statement, such as DDL, require the simple protocol.
    simple: parameters.length === 0,
    onexecute(connection: ClientConnection) {
      if (statement.state) connections.set(statement.state, connection);
      // Keeps postgres.js from queuing another statement behind this one.
      return false;
    },
  };
  const statement = sql.unsafe(text, [], options).raw() as unknown as Statement;
  if (parameters.length > 0) statement.parameters = [...parameters];
  return statement;
}

/**
 * Drops the connection of a statement that gets no response. postgres.js would keep it until the operating system gives
 * up; now it opens a new one.
 */
export function dropConnection(sql: Sql, { state }: Statement): void {
  const connection = state ? connections.get(state) : undefined;
  // A custom socket of the caller may not be a Node socket.
  const isOwnSocket = (sql.options as { socket?: unknown }).socket !== undefined;
  if (connection?.terminate && !isOwnSocket) endedBy(() => connection.terminate!())?.destroy();
}

/**
 * Returns the socket that a synchronous function ends. postgres.js does not expose the socket, and a dead peer never
 * acknowledges a FIN.
 */
function endedBy(run: () => void): Socket | undefined {
  let ended: Socket | undefined;
  const { end } = Socket.prototype;
  Socket.prototype.end = function (this: Socket, ...parameters: unknown[]) {
    ended = this;
    return Reflect.apply(end, this, parameters);
  };
  try {
    run();
  } finally {
    Socket.prototype.end = end;
  }
  return ended;
}
