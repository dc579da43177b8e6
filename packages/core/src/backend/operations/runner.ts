import { byteLength } from "../../content/content.js";
import type { FileStore } from "../../store/file-store.js";
import type { Author, Origin } from "../../store/origin.js";
import { type TimeLimit, withDeadline } from "../../support/deadline.js";
import { RemoteBackendError } from "../../support/errors.js";
import { isOutage } from "../circuit-breaker.js";
import type { Lifecycle } from "../lifecycle.js";
import { Retries } from "../retry.js";
import type { Reader } from "../seen-versions.js";
import { isObserved, type Observers, type OperationTrace, publish } from "../tracing.js";
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
  /** Returns what the current reader has seen; `undefined` if no write is guarded. */
  readonly reader: (() => Reader) | undefined;
  readonly readOnly: boolean;
  readonly maxFileBytes: number;
  readonly timeoutMs: number;
  /** Returns the author of a change, for the history; throws if it cannot be determined. */
  readonly author: () => Author | undefined;
  readonly observers: Observers;
}

/** One call of the protocol. */
export interface Operation<T> {
  readonly operation: string;
  readonly path?: string | undefined;
  readonly files?: number;
  /** Number of parts of a batch, each with an operation's time. Default 1. */
  readonly parts?: number;
  /** Kind of change that the operation makes; absent if it changes no files. */
  readonly changes?: Origin["kind"];
  readonly run: (op: OperationContext) => Promise<T>;
  /** Returns the answer for a failure. */
  readonly failed: (error: RemoteBackendError) => T;
}

/** Creates the error for a change by a read-only backend. */
export const readOnlyBackend = (): RemoteBackendError =>
  new RemoteBackendError("permission-denied", "This backend is read-only.");

/** Runs a protocol call: traced, within its time limit, under its namespace, on an open store. Never rejects. */
export function runOperation<T>(context: BackendContext, operation: Operation<T>): Promise<T> {
  if (!isObserved(context.observers)) return new Call(context, operation).answer();
  const trace = traceOf(context, operation);
  const call = new Call(context, operation, trace);
  return publish(context.observers, trace, () => call.answer(), isFailure);
}

function traceOf(
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

const isFailure = (answer: unknown): boolean =>
  Array.isArray(answer)
    ? answer.some((one) => one.error != null)
    : (answer as { error?: string }).error !== undefined;

/** A running call of the protocol. */
class Call<T> {
  readonly #context: BackendContext;
  readonly #operation: Operation<T>;
  readonly #trace: OperationTrace | undefined;
  readonly #timeoutMs: number;
  #retries: Retries | undefined;
  #startedAt = performance.now();
  /** True once requests may have been sent. */
  #isSent = false;

  constructor(context: BackendContext, operation: Operation<T>, trace?: OperationTrace) {
    this.#context = context;
    this.#operation = operation;
    this.#trace = trace;
    this.#timeoutMs = Math.min(LONGEST_TIMER_MS, context.timeoutMs * (operation.parts ?? 1));
  }

  /** Runs the call and returns its answer, also for a failure. */
  async answer(): Promise<T> {
    const { lifecycle } = this.#context;
    try {
      const answer = await lifecycle.run(() =>
        withDeadline(
          this.#timeoutMs,
          () => this.#late(),
          (time) => this.#attempt(time),
        ),
      );
      const outage = this.#retries?.givenUp;
      if (outage) this.#reportOutage(outage);
      else lifecycle.breaker.succeeded();
      return answer;
    } catch (error) {
      const failure = RemoteBackendError.is(error) ? error : unexpected(this.#operation, error);
      if (isOutage(failure)) this.#reportOutage(failure);
      this.#reportFailure(failure);
      return this.#operation.failed(failure);
    }
  }

  async #attempt(time: TimeLimit): Promise<T> {
    const { store, lifecycle, readOnly, root, author } = this.#context;
    const { changes } = this.#operation;
    if (readOnly && changes) throw readOnlyBackend();
    const origin = changes && store.history && { kind: changes, by: author() };
    const call = new OperationCall(time, root(), origin);
    const reader = this.#context.reader?.();
    if (lifecycle.breaker.isOpen) await lifecycle.breaker.pass();
    const retries = new Retries(time, store.maxAttempts);
    this.#retries = retries;
    if (!lifecycle.isOpen) await lifecycle.open();
    this.#startedAt = performance.now();
    this.#isSent = true;
    return this.#operation.run({
      store,
      call,
      retries,
      reader,
      limits: { maxFileBytes: Math.min(this.#context.maxFileBytes, store.capabilities.maxFileBytes) },
      countBytes: (content) => {
        if (this.#trace) this.#trace.bytes += byteLength(content);
      },
      reportFailure: (error) => this.#reportFailure(error),
    });
  }

  #reportOutage(error: RemoteBackendError): void {
    this.#context.lifecycle.breaker.failed(error, this.#retries?.failingSince ?? this.#startedAt);
  }

  #reportFailure(error: RemoteBackendError): void {
    const { name, lifecycle } = this.#context;
    warnOfMisconfiguration(name, error);
    if (error.code === "misconfigured") lifecycle.invalidate();
    if (!this.#trace) return;
    this.#trace.error ??= error;
    this.#trace.code ??= error.code;
  }

  /** Returns the error for a call that runs out of time. */
  #late(): RemoteBackendError {
    const silence = `The storage did not answer within ${this.#timeoutMs} ms`;
    const cause = this.#retries?.lastFailure ?? this.#context.lifecycle.lastFailure;
    const reason = cause ? ` An attempt before failed: ${cause.message}` : "";
    const hint = cause?.hint;
    const timeout = new RemoteBackendError("timeout", `${silence}.${reason}`, cause && { cause, hint });
    const mayHaveChanged = this.#operation.changes && this.#isSent;
    if (!mayHaveChanged) return timeout;
    return new RemoteBackendError(
      "unknown-outcome",
      `${silence}, so it is unknown whether the change was made: check before you repeat it.${reason}`,
      { cause: cause ?? timeout, hint },
    );
  }
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
