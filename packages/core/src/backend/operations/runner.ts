import { byteLength } from "../../content/content.js";
import type { FileStore } from "../../store/file-store.js";
import { type TimeLimit, withDeadline } from "../../support/deadline.js";
import { RemoteBackendError } from "../../support/errors.js";
import { isOutage } from "../circuit-breaker.js";
import type { Lifecycle } from "../lifecycle.js";
import { Retries } from "../retry.js";
import { type Observers, type OperationTrace, traced } from "../tracing.js";
import { warnOfMisconfiguration } from "../warnings.js";
import type { OperationContext } from "./operation.js";
import { OperationCall } from "./operation-call.js";

/** Largest delay of Node's timers: about 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** State shared by all operations of a backend. */
export interface BackendContext {
  /** Class of the backend, for traces. */
  readonly name: string;
  readonly store: FileStore;
  readonly lifecycle: Lifecycle;
  /** Returns the current root key of the namespace; throws if it cannot be determined. */
  readonly root: () => string;
  readonly readOnly: boolean;
  readonly maxFileBytes: number;
  readonly timeoutMs: number;
  readonly observers: Observers;
}

/** One call of the protocol. */
export interface Operation<T> {
  readonly operation: string;
  readonly path?: string | undefined;
  readonly files?: number;
  /** Number of parts of a batch, each with an operation's time. Default 1. */
  readonly parts?: number;
  /** True if the operation changes files. */
  readonly changes?: true;
  readonly run: (op: OperationContext) => Promise<T>;
  /** Returns the answer for a failure. */
  readonly failed: (error: RemoteBackendError) => T;
}

const isFailure = (answer: unknown): boolean =>
  Array.isArray(answer)
    ? answer.some((one) => one.error !== null)
    : (answer as { error?: string }).error !== undefined;

/** Runs a protocol call: traced, within its time limit, under its namespace, on an open store. Never rejects. */
export function runOperation<T>(around: BackendContext, task: Operation<T>): Promise<T> {
  return traced(
    around.observers,
    () => describe(around, task),
    (trace) => answer(around, task, trace),
    isFailure,
  );
}

function describe(
  { name: backend }: BackendContext,
  { operation, path, files }: Operation<unknown>,
): OperationTrace {
  return {
    backend,
    operation,
    bytes: 0,
    ...(path !== undefined && { path }),
    ...(files !== undefined && { files }),
  };
}

async function answer<T>(
  around: BackendContext,
  task: Operation<T>,
  trace: OperationTrace | undefined,
): Promise<T> {
  const { store, lifecycle } = around;
  const { breaker } = lifecycle;
  const timeoutMs = Math.min(LONGEST_TIMER_MS, around.timeoutMs * (task.parts ?? 1));
  let retries: Retries | undefined;
  let begun = performance.now();
  let isSent = false;
  const failed = (error: RemoteBackendError) => {
    warnOfMisconfiguration(around.name, error);
    if (error.code === "misconfigured") lifecycle.invalidate();
    if (!trace) return;
    trace.error ??= error;
    trace.code ??= error.code;
  };
  const attempt = async (time: TimeLimit): Promise<T> => {
    if (around.readOnly && task.changes)
      throw new RemoteBackendError("permission-denied", "This backend is read-only.");
    const call = new OperationCall(time, around.root());
    if (breaker.isOpen) await breaker.pass();
    retries = new Retries(time, store.maxAttempts);
    if (!lifecycle.isOpen) await lifecycle.open();
    const limits = { maxFileBytes: Math.min(around.maxFileBytes, store.capabilities.maxFileBytes) };
    const countBytes = (content: string | Uint8Array) => {
      if (trace) trace.bytes += byteLength(content);
    };
    begun = performance.now();
    isSent = true;
    return task.run({ store, call, retries, limits, countBytes, reportFailure: failed });
  };
  try {
    const isLate = () =>
      late(task.changes && isSent, timeoutMs, retries?.lastFailure ?? lifecycle.lastFailure);
    const answer = await lifecycle.run(() => withDeadline(timeoutMs, isLate, attempt));
    if (retries?.givenUp) breaker.failed(retries.givenUp, retries.failingSince ?? begun);
    else breaker.succeeded();
    return answer;
  } catch (error) {
    const failure = RemoteBackendError.is(error) ? error : unexpected(task, error);
    if (isOutage(failure)) breaker.failed(failure, retries?.failingSince ?? begun);
    failed(failure);
    return task.failed(failure);
  }
}

/**
 * @param mayHaveChanged True if a change was sent.
 * @param cause Reason of the previous failure, if any.
 */
function late(
  mayHaveChanged: boolean | undefined,
  timeoutMs: number,
  cause: RemoteBackendError | undefined,
): RemoteBackendError {
  const silence = `The storage did not answer within ${timeoutMs} ms`;
  const reason = cause ? ` An attempt before failed: ${cause.message}` : "";
  const hint = cause?.hint;
  const timeout = new RemoteBackendError("timeout", `${silence}.${reason}`, cause && { cause, hint });
  if (!mayHaveChanged) return timeout;
  return new RemoteBackendError(
    "unknown-outcome",
    `${silence}, so it is unknown whether the change was made: check before you repeat it.${reason}`,
    { cause: cause ?? timeout, hint },
  );
}

/**
 * Wraps an unexpected exception, thrown by a defect in core or in the store. Its message may contain anything, so it is
 * only kept as `cause`.
 */
function unexpected({ changes }: Operation<unknown>, cause: unknown): RemoteBackendError {
  const message = `The operation failed unexpectedly (${cause instanceof Error ? cause.name : typeof cause}).`;
  const code = changes ? "unknown-outcome" : "unavailable";
  return new RemoteBackendError(code, message, { cause, isTransient: false });
}
