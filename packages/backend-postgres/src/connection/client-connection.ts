import { Socket } from "node:net";
import type { Sql } from "postgres";
import type { TextParameter } from "./parameters.js";
import type { Statement } from "./statement.js";

/** A connection of postgres.js, which hands it over to `onexecute` for its own transactions. */
interface ClientConnection {
  terminate?(): void;
}

/** Connections of callers' clients, by the `state` of the statements that are sent on them. */
const connections = new WeakMap<object, ClientConnection>();

/**
 * Makes a statement for a caller's client whose connection `dropConnection` can find. postgres.js hands a connection over
 * only if it need not ask the server for the types of parameters first, so these are bound as the text that they are.
 * That saves a round trip, too.
 */
export function trackedStatement(
  sql: Sql,
  text: string,
  parameters: readonly TextParameter[],
  prepare: boolean,
): Statement {
  const options = {
    prepare,
    // Several commands, such as DDL, are only possible without parameters.
    simple: parameters.length === 0,
    onexecute(connection: ClientConnection) {
      if (statement.state) connections.set(statement.state, connection);
      // No other statement is put behind this one, where it would wait.
      return false;
    },
  };
  const statement = sql.unsafe(text, [], options).raw() as unknown as Statement;
  if (parameters.length > 0) statement.parameters = [...parameters];
  return statement;
}

/**
 * Drops the connection of a statement that is not answered, which postgres.js would keep until the operating system gives
 * it up. It opens a new one then.
 */
export function dropConnection(sql: Sql, { state }: Statement): void {
  const connection = state ? connections.get(state) : undefined;
  // A socket of the caller's own may be no socket of Node's.
  const isOwnSocket = (sql.options as { socket?: unknown }).socket !== undefined;
  if (connection?.terminate && !isOwnSocket) endedBy(() => connection.terminate!())?.destroy();
}

/** Returns the socket that a synchronous function ends: postgres.js keeps it to itself, and a dead peer never answers a FIN. */
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
