import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RemoteBackend, RemoteBackendError } from "@deepagents-remote/core";
import { layer, MemoryFileStore } from "@deepagents-remote/core/adapter";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { instrumentBackends } from "../observability/opentelemetry.js";

const spanExporter = new InMemorySpanExporter();
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })],
});
let stop: () => void;

beforeAll(() => {
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] }),
  );
  metrics.setGlobalMeterProvider(meterProvider);
  stop = instrumentBackends();
});
afterAll(async () => {
  stop();
  await meterProvider.shutdown();
});

it("the recipe gives spans with errors and their causes, and metrics", async () => {
  const store = new MemoryFileStore();
  await new RemoteBackend(store).write("/plan.md", "# Plan\n");
  const cause = new Error("connect ECONNREFUSED 127.0.0.1:5432");
  const away = new RemoteBackendError("unavailable", "Away.", { cause, isTransient: false });
  const broken = new RemoteBackend(layer(store, { get: () => Promise.reject(away) }));
  await broken.read("/plan.md");
  await new RemoteBackend(store).read("/missing.md");

  const common = { "deepagents.backend": "RemoteBackend" };
  const spans = spanExporter.getFinishedSpans();
  expect(spans.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
    {
      name: "RemoteBackend.write",
      attributes: {
        ...common,
        "deepagents.operation": "write",
        "deepagents.outcome": "ok",
        "deepagents.bytes": 7,
        "deepagents.path": "/plan.md",
      },
    },
    {
      name: "RemoteBackend.read",
      attributes: {
        ...common,
        "deepagents.operation": "read",
        "deepagents.outcome": "error",
        "deepagents.bytes": 0,
        "deepagents.path": "/plan.md",
        "error.type": "unavailable",
      },
    },
    {
      name: "RemoteBackend.read",
      attributes: {
        ...common,
        "deepagents.operation": "read",
        "deepagents.outcome": "error",
        "deepagents.bytes": 0,
        "deepagents.path": "/missing.md",
      },
    },
  ]);
  const failed = spans[1];
  expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: "Away." });
  expect(failed?.events.map(({ attributes }) => attributes?.["exception.message"])).toEqual([
    "Away.",
    cause.message,
  ]);
  expect(spans[2]?.status.code).toBe(SpanStatusCode.UNSET);

  await meterProvider.forceFlush();
  const exported = metricExporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? [];
  const series = Object.fromEntries(
    exported.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      { unit: descriptor.unit, types: dataPoints.map(({ attributes }) => attributes["error.type"]) },
    ]),
  );
  expect(series).toEqual({
    "deepagents.operation.duration": { unit: "s", types: [undefined, "unavailable", undefined] },
    "deepagents.operation.io": { unit: "By", types: [undefined, "unavailable", undefined] },
  });
});

it("the documentation shows this recipe", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const recipe = readFileSync(join(root, "examples/observability/opentelemetry.ts"), "utf8");
  expect(readFileSync(join(root, "docs/observability.md"), "utf8")).toContain(recipe);
});
