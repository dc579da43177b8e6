import type { LostRequest } from "@deepagents-remote/core/conformance";
import type { Connection, FaultyProxy } from "./faulty-proxy.js";
import type { S3Proxy } from "./s3-proxy.js";

/** Matches a statement that changes rows, as sent by a client without prepared statements. */
const CHANGE = /INSERT INTO|UPDATE |DELETE FROM/;

/** Matches the end of a response to a statement. */
const COMPLETE = /(INSERT 0|UPDATE|DELETE|SELECT) \d+\0/;

/**
 * Loses the next statement that changes rows, as a fixture's `loseAnswer`. The client must not use prepared statements:
 * it then sends the text of each statement, and the command to execute it only after the server has described it.
 */
export function loseStatement(proxy: FaultyProxy, { isCarriedOut, meanwhile }: LostRequest): void {
  let found: Connection | undefined;
  const end = (connection: Connection) => {
    proxy.swallows = () => false;
    proxy.cuts = () => false;
    connection.stall();
    void meanwhile().finally(() => connection.reset());
  };
  proxy.swallows = (request, connection) => {
    if (found === undefined && CHANGE.test(request.toString("latin1"))) found = connection;
    else if (found === connection && !isCarriedOut) {
      end(connection);
      return true;
    }
    return false;
  };
  proxy.cuts = (answer, connection) => {
    if (isCarriedOut && found === connection && COMPLETE.test(answer.toString("latin1"))) end(connection);
    return false;
  };
}

/** Loses the next request that changes objects, as a fixture's `loseAnswer`. */
export function loseRequest(proxy: S3Proxy, { isCarriedOut, meanwhile }: LostRequest): void {
  proxy.intercept = async ({ method, url }, forward) => {
    const isChange = method === "PUT" || method === "DELETE" || (method === "POST" && url.includes("delete"));
    if (!isChange) return forward();
    proxy.intercept = (_, pass) => pass();
    if (isCarriedOut) await forward();
    await meanwhile();
    return "reset";
  };
}
