import { RemoteBackendError } from "@deepagents-remote/core";

/** Tells a role that may not run some DDL what somebody else has to run; other errors stay as they are. */
export function withStatements(error: unknown, statements: readonly string[]): unknown {
  if (!RemoteBackendError.is(error) || error.code !== "denied") return error;
  return new RemoteBackendError(
    "denied",
    `The database role may not create what is missing. Let a role that may run initialize(), or run: ${statements.join("; ")};`,
    { cause: error },
  );
}
