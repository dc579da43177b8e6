import { tracingChannel } from "node:diagnostics_channel";
import { isArgumentError, notify } from "../support/caller-functions.js";
import type { ErrorCode, RemoteBackendError } from "../support/errors.js";
import { CALLBACK_WARNING, warnOnce } from "./warnings.js";

/** Name of the tracing channel; subscribe with `tracingChannel(OPERATION_CHANNEL).subscribe(...)`. */
export const OPERATION_CHANNEL = "deepagents-remote:operation";

/**
 * One operation: a call of a protocol method. Never holds file content, patterns, namespaces or credentials, except for
 * `error.cause`, which holds the exception of the service or of a caller's function.
 */
export interface OperationTrace {
  /** Class of the backend. */
  readonly backend: string;
  /** Method of the protocol. */
  readonly operation: string;
  /** Path as it was requested; for a batch, only if it has a single path. */
  readonly path?: string;
  /** Number of files in a batch. */
  readonly files?: number;
  /** Bytes of content read or written. */
  bytes: number;
  /** Set when the operation ends. */
  durationMs?: number;
  /** Set when the operation ends: `error` if its answer carries an error, a missing file included. */
  outcome?: "ok" | "error";
  /** Code of `error`. */
  code?: ErrorCode;
  /**
   * Set if the operation failed, or a file of its batch did: the error with its `cause` and `hint`. A missing file and
   * a refused write are answers, not failures.
   */
  error?: RemoteBackendError;
}

/** Callbacks as an alternative to the channel. A callback that throws or rejects does not affect the operation. */
export interface Observers {
  /** Called when an operation has ended. */
  readonly onOperation?: ((operation: OperationTrace) => void) | undefined;
  /** Called when an operation has failed, except for a refused path or pattern. */
  readonly onError?: ((error: RemoteBackendError, operation: OperationTrace) => void) | undefined;
}

const channel = tracingChannel<OperationTrace>(OPERATION_CHANNEL);

/** True if the channel has a subscriber or the caller gave a callback. */
export const isObserved = ({ onOperation, onError }: Observers): boolean =>
  // Node before 20.13 does not report this.
  channel.hasSubscribers !== false || onOperation !== undefined || onError !== undefined;

/**
 * Runs an operation and publishes it on the channel (`start`, `end`, `asyncStart`, `asyncEnd`, and `error` if it failed)
 * and to the callbacks, if any.
 * @param run Never rejects. Runs inside the channel, because subscribers may bind an AsyncLocalStorage to it.
 * @param isFailure True if an answer carries an error.
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export async function publish<T>(
  observers: Observers,
  trace: OperationTrace,
  run: () => Promise<T>,
  isFailure: (answer: T) => boolean,
): Promise<T> {
  let answer: T | undefined;
  // The channel would publish the resolved value, which holds content, so the promise resolves to nothing.
  await channel.tracePromise(async () => {
    const start = performance.now();
    answer = await run();
    trace.durationMs = performance.now() - start;
    trace.outcome = isFailure(answer) ? "error" : "ok";
    if (trace.error) channel.error.publish(trace as OperationTrace & { error: unknown });
  }, trace);
  report(observers, trace);
  return answer as T;
}

function report({ onOperation, onError }: Observers, trace: OperationTrace): void {
  const { error, backend } = trace;
  const broken = (option: string) => (cause: unknown) => {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
    warnOnce(backend, CALLBACK_WARNING, `The function given as '${option}' failed.`, reason);
  };
  if (onOperation) notify(() => onOperation(trace), broken("onOperation"));
  if (onError && error && !isArgumentError(error)) notify(() => onError(error, trace), broken("onError"));
}
