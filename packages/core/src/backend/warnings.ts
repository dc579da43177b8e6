import { isArgumentError } from "../support/caller-functions.js";
import { type ErrorCode, RemoteBackendError } from "../support/errors.js";
import { withoutWait } from "./lifecycle.js";

/** Code of the process warning for a failure that only an operator can fix. */
const MISCONFIGURED_WARNING = "DEEPAGENTS_REMOTE_MISCONFIGURED";

/** Code of the process warning for an `onOperation` or `onError` callback that fails. */
export const CALLBACK_WARNING = "DEEPAGENTS_REMOTE_CALLBACK";

/** Codes of failures that no retry can fix. */
const MISCONFIGURED: readonly ErrorCode[] = ["misconfigured", "invalid-options"];

/** Maximum number of remembered warnings, which bounds their memory. */
const MAX_REMEMBERED = 1_000;

/** Warnings that this process has emitted. */
const emitted = new Set<string>();

/** Emits a process warning, once for each backend class and message. */
export function warnOnce(backend: string, code: string, message: string, detail?: string): void {
  const warning = `${backend}: ${message}`;
  if (emitted.has(warning) || emitted.size >= MAX_REMEMBERED) return;
  emitted.add(warning);
  process.emitWarning(warning, {
    type: "RemoteBackendWarning",
    code,
    ...(detail !== undefined && { detail }),
  });
}

/** Warns the operator of a failure that would otherwise be reported to the model only. */
export function warnOfMisconfiguration(backend: string, error: RemoteBackendError): void {
  if (MISCONFIGURED.includes(error.code) && !isArgumentError(error)) {
    const detail = [reasonOf(error), error.hint].filter(Boolean).join("\n");
    warnOnce(backend, MISCONFIGURED_WARNING, withoutWait(error.message), detail || undefined);
    // The operation's deadline came before the end of its retries.
  } else if (RemoteBackendError.is(error.cause)) warnOfMisconfiguration(backend, error.cause);
}

/**
 * Returns the message of an exception in a caller's function. It comes from the operator's own code, so it may be
 * shown.
 */
const reasonOf = ({ option, cause }: RemoteBackendError): string | undefined =>
  option !== undefined && cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
