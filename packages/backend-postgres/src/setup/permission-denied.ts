import { RemoteBackendError } from "@deepagents-remote/core";

/** True if the role lacks a privilege. */
export const isPermissionDenied = (error: unknown): boolean =>
  RemoteBackendError.is(error) && error.code === "permission-denied";

/** Adds the statements that another role has to run to a permission error. Returns other errors unchanged. */
export function withStatements(error: unknown, statements: readonly string[]): unknown {
  if (!isPermissionDenied(error)) return error;
  return new RemoteBackendError(
    "permission-denied",
    "The database role may not create the missing schema objects.",
    {
      cause: error,
      hint: `Let a role with the privilege run initialize(), or run: ${statements.join("; ")};`,
    },
  );
}
