import { tracingChannel } from "node:diagnostics_channel";
import type { ErrorCode } from "./errors.js";

/** Name of the tracing channel; subscribe with `tracingChannel(OPERATION_CHANNEL).subscribe(...)`. */
export const OPERATION_CHANNEL = "deepagents-remote:operation";

/** What a method of the protocol did. Never file content, patterns, namespaces or credentials. */
export interface OperationTrace {
  /** Class of the backend. */
  readonly backend: string;
  /** Method of the protocol. */
  readonly operation: string;
  /** Path as it was asked for; of a batch, its only path. */
  readonly path?: string;
  /** Files of a batch. */
  readonly files?: number;
  /** Bytes of content read or written. */
  bytes: number;
  /** Set when the operation ends. */
  durationMs?: number;
  /** Set when the operation ends: what its answer says. */
  outcome?: "ok" | "error";
  /** Set when the operation failed as a whole; a missing file and a refused write are answers, not failures. */
  code?: ErrorCode;
}

const channel = tracingChannel<OperationTrace>(OPERATION_CHANNEL);

/**
 * Runs an operation, and publishes it on the channel (`start`, `end`, `asyncStart`, `asyncEnd`) where somebody listens.
 * @param describe What is published.
 * @param run Never rejects.
 * @param failed Whether an answer tells of a failure.
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export function traced<T>(
  describe: () => OperationTrace,
  run: (trace?: OperationTrace) => Promise<T>,
  failed: (answer: T) => boolean,
): Promise<T> {
  // Before 20.13 Node cannot tell.
  return channel.hasSubscribers === false ? run() : published(describe(), run, failed);
}

async function published<T>(
  trace: OperationTrace,
  run: (trace: OperationTrace) => Promise<T>,
  failed: (answer: T) => boolean,
): Promise<T> {
  let answer: T | undefined;
  // The channel would publish what the promise resolves to, which holds content: it resolves to nothing.
  await channel.tracePromise(async () => {
    const start = performance.now();
    answer = await run(trace);
    trace.durationMs = performance.now() - start;
    trace.outcome = failed(answer) ? "error" : "ok";
  }, trace);
  return answer as T;
}
