import type { PostgresServer } from "../postgres/types.js";

/** jest may load set-up and teardown apart from each other, in the same process. */
const KEY = Symbol.for("@deepagents-internal/servers/jest");
const store = globalThis as { [KEY]?: PostgresServer };

export function keep(server: PostgresServer): void {
  store[KEY] = server;
}

export function kept(): PostgresServer | undefined {
  return store[KEY];
}
