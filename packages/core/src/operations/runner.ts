import { byteLength } from "../content.js";
import { type TimeLimit, withDeadline } from "../deadline.js";
import { RemoteBackendError } from "../errors.js";
import type { Lifecycle } from "../lifecycle.js";
import { Retries } from "../retry.js";
import type { FileStore } from "../store.js";
import { type Observers, type OperationTrace, traced } from "../tracing.js";
import { warnOfMisconfiguration } from "../warnings.js";
import type { Operation } from "./operation.js";
import { OperationCall } from "./operation-call.js";

/** Node's timers end here, after 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What all operations of a backend have in common. */
export interface Surroundings {
  /** Class of the backend, for traces. */
  readonly name: string;
  readonly store: FileStore;
  readonly lifecycle: Lifecycle;
  /** The namespace's root key of the moment; throws when it cannot be told. */
  readonly root: () => string;
  readonly readOnly: boolean;
  readonly maxFileBytes: number;
  readonly timeoutMs: number;
  readonly observers: Observers;
}

/** One call of the protocol. */
export interface Task<T> {
  readonly operation: string;
  readonly path?: string | undefined;
  readonly files?: number;
  /** Parts of a batch; each has an operation's time. Default 1. */
  readonly parts?: number;
  /** Whether it changes files. */
  readonly changes?: true;
  readonly run: (op: Operation) => Promise<T>;
  /** The answer for a failure. */
  readonly failed: (error: RemoteBackendError) => T;
}

const isFailure = (answer: unknown): boolean =>
  Array.isArray(answer)
    ? answer.some((one) => one.error !== null)
    : (answer as { error?: string }).error !== undefined;

/**
 * Runs a call of the protocol: traced, within its time, under its namespace, on an open store. Never rejects.
 */
export function runTask<T>(around: Surroundings, task: Task<T>): Promise<T> {
  return traced(
    around.observers,
    () => describe(around, task),
    (trace) => answer(around, task, trace),
    isFailure,
  );
}

function describe(
  { name: backend }: Surroundings,
  { operation, path, files }: Task<unknown>,
): OperationTrace {
  return {
    backend,
    operation,
    bytes: 0,
    ...(path !== undefined && { path }),
    ...(files !== undefined && { files }),
  };
}

async function answer<T>(around: Surroundings, task: Task<T>, trace: OperationTrace | undefined): Promise<T> {
  const { store, lifecycle } = around;
  const timeoutMs = Math.min(LONGEST_TIMER_MS, around.timeoutMs * (task.parts ?? 1));
  let retries: Retries | undefined;
  const failed = (error: RemoteBackendError) => {
    warnOfMisconfiguration(around.name, error);
    if (!trace) return;
    trace.error ??= error;
    trace.code ??= error.code;
  };
  const attempt = async (time: TimeLimit): Promise<T> => {
    if (around.readOnly && task.changes) throw new RemoteBackendError("denied", "This backend is read-only.");
    const call = new OperationCall(time, around.root());
    retries = new Retries(time, store.maxAttempts);
    if (!lifecycle.isOpen) await retries.run(() => lifecycle.open(around.timeoutMs));
    const limits = { maxFileBytes: Math.min(around.maxFileBytes, store.can.maxFileBytes) };
    const moved = (content: string | Uint8Array) => {
      if (trace) trace.bytes += byteLength(content);
    };
    return task.run({ store, call, retries, limits, moved, failed });
  };
  try {
    return await lifecycle.run(() =>
      withDeadline(timeoutMs, () => late(task, timeoutMs, retries?.lastFailure), attempt),
    );
  } catch (error) {
    const failure = RemoteBackendError.is(error) ? error : unexpected(task, error);
    failed(failure);
    return task.failed(failure);
  }
}

/** @param cause Why the attempt before failed, if there was one. */
function late(
  { changes }: Task<unknown>,
  timeoutMs: number,
  cause: RemoteBackendError | undefined,
): RemoteBackendError {
  const silence = `The storage did not answer within ${timeoutMs} ms`;
  const reason = cause ? ` An attempt before failed: ${cause.message}` : "";
  return changes
    ? new RemoteBackendError(
        "unknown-outcome",
        `${silence}, so it is unknown whether the change was made: look before you repeat it.${reason}`,
        cause && { cause },
      )
    : new RemoteBackendError("timeout", `${silence}.${reason}`, cause && { cause });
}

/** A defect of ours or of a store that throws what it should not; its message may hold anything, so it stays in `cause`. */
function unexpected({ changes }: Task<unknown>, cause: unknown): RemoteBackendError {
  const what = `The operation failed unexpectedly (${cause instanceof Error ? cause.name : typeof cause}).`;
  return new RemoteBackendError(changes ? "unknown-outcome" : "unavailable", what, { cause });
}
