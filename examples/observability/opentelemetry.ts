import { tracingChannel } from "node:diagnostics_channel";
import { OPERATION_CHANNEL, type OperationTrace } from "@deepagents-remote/core";
import { metrics, type Span, SpanStatusCode, trace } from "@opentelemetry/api";

/**
 * Reports every operation of every backend in this process to OpenTelemetry: a span, the duration, and the bytes
 * transferred. Call it once, after registering the SDK.
 * @returns A function that stops the reporting.
 */
export function instrumentBackends(): () => void {
  const tracer = trace.getTracer("deepagents-remote");
  const meter = metrics.getMeter("deepagents-remote");
  const duration = meter.createHistogram("deepagents.operation.duration", { unit: "s" });
  const bytes = meter.createCounter("deepagents.operation.io", { unit: "By" });
  const spans = new WeakMap<OperationTrace, Span>();

  const subscriber = {
    // The parent is the active span, such as that of the tool call.
    start(operation: OperationTrace) {
      spans.set(operation, tracer.startSpan(`${operation.backend}.${operation.operation}`));
    },
    asyncEnd(operation: OperationTrace) {
      const { backend, path, files, error, outcome, durationMs = 0 } = operation;
      const attributes = {
        "deepagents.backend": backend,
        "deepagents.operation": operation.operation,
        "deepagents.outcome": outcome,
        ...(error && { "error.type": error.code }),
      };
      duration.record(durationMs / 1_000, attributes);
      bytes.add(operation.bytes, attributes);

      const span = spans.get(operation);
      if (!span) return;
      span.setAttributes({ ...attributes, "deepagents.bytes": operation.bytes });
      // Not in the metrics, where each path would create a series.
      if (path !== undefined) span.setAttribute("deepagents.path", path);
      if (files !== undefined) span.setAttribute("deepagents.files", files);
      if (error) {
        span.recordException(error);
        if (error.cause instanceof Error) span.recordException(error.cause);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
      span.end();
    },
  };
  const channel = tracingChannel<unknown, OperationTrace>(OPERATION_CHANNEL);
  channel.subscribe(subscriber as never);
  return () => channel.unsubscribe(subscriber as never);
}
