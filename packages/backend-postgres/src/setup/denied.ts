import { RemoteBackendError } from "@deepagents-remote/core";

/** True if the role lacks a privilege. */
export const isDenied = (error: unknown): boolean =>
  RemoteBackendError.is(error) && error.code === "permission-denied";

/** Adds the statements that another role has to run to a permission error. Returns other errors unchanged. */
export function withStatements(error: unknown, statements: readonly string[]): unknown {
  if (!isDenied(error)) return error;
  return new RemoteBackendError("permission-denied", "The database role may not create what is missing.", {
    cause: error,
    hint: `Let a role that may run initialize(), or run: ${statements.join("; ")};`,
  });
}
