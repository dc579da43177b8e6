import { RemoteBackendError } from "@deepagents-remote/core";

/** Whether the database refused for lack of rights. */
export const isDenied = (error: unknown): boolean => RemoteBackendError.is(error) && error.code === "denied";

/** Tells a role that may not run some DDL what somebody else has to run; other errors stay as they are. */
export function withStatements(error: unknown, statements: readonly string[]): unknown {
  if (!isDenied(error)) return error;
  return new RemoteBackendError(
    "denied",
    `The database role may not create what is missing. Let a role that may run initialize(), or run: ${statements.join("; ")};`,
    { cause: error },
  );
}
