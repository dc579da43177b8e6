import { isArgumentError } from "../support/caller-functions.js";
import { type ErrorCode, RemoteBackendError } from "../support/errors.js";
import { withoutWait } from "./lifecycle.js";

/** Code of the process warning about a failure that only an operator can repair. */
export const MISCONFIGURED_WARNING = "DEEPAGENTS_REMOTE_MISCONFIGURED";

/** Code of the process warning about an `onOperation` or `onError` that fails itself. */
export const CALLBACK_WARNING = "DEEPAGENTS_REMOTE_CALLBACK";

/** Failures that a retry never repairs. */
const MISCONFIGURED: readonly ErrorCode[] = ["misconfigured", "invalid-options"];

/** Bounds the memory of what was said. */
const MAX_REMEMBERED = 1_000;

/** Warnings of this process so far. */
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

/** Tells the operator of a failure that would otherwise only be an answer to the model. */
export function warnOfMisconfiguration(backend: string, error: RemoteBackendError): void {
  if (MISCONFIGURED.includes(error.code) && !isArgumentError(error)) {
    const detail = [reasonOf(error), error.hint].filter(Boolean).join("\n");
    warnOnce(backend, MISCONFIGURED_WARNING, withoutWait(error.message), detail || undefined);
    // The time of the operation was up before its retries were.
  } else if (RemoteBackendError.is(error.cause)) warnOfMisconfiguration(backend, error.cause);
}

/** The exception of a function of the caller's: an operator's own code, so its message may be shown. */
const reasonOf = ({ option, cause }: RemoteBackendError): string | undefined =>
  option !== undefined && cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
