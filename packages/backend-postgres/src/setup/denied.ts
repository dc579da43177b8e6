import { RemoteBackendError } from "@deepagents-remote/core";

/** Whether the database refused for lack of rights. */
export const isDenied = (error: unknown): boolean =>
  RemoteBackendError.is(error) && error.code === "permission-denied";

/** Hints at the statements that somebody else has to run for a role that may not; other errors stay as they are. */
export function withStatements(error: unknown, statements: readonly string[]): unknown {
  if (!isDenied(error)) return error;
  return new RemoteBackendError("permission-denied", "The database role may not create what is missing.", {
    cause: error,
    hint: `Let a role that may run initialize(), or run: ${statements.join("; ")};`,
  });
}
