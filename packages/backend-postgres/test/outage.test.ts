import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;

beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
  // The schema takes longer than the operations below are given.
  await database.backend().initialize();
});
afterAll(() => proxy.stop());

const resetAll = () => {
  for (const connection of proxy.connections) connection.reset();
};

/** Takes the server away; each answers with what gives it back. */
const OUTAGES: Readonly<Record<string, () => () => void>> = {
  "resets every connection": () => {
    proxy.refusals = Number.POSITIVE_INFINITY;
    resetAll();
    return () => {
      proxy.refusals = 0;
    };
  },
  "falls silent": () => {
    proxy.stalled = true;
    return () => {
      proxy.stalled = false;
      // Nothing that was sent meanwhile has arrived.
      resetAll();
    };
  },
};

for (const [how, outage] of Object.entries(OUTAGES)) {
  defineBackendTests({
    name: `PostgresBackend whose server ${how}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const backend = database.backend({
        url: proxy.through(database.url),
        namespace: [how, name],
        operationTimeoutMs: scaled(1_000),
        connectTimeoutMs: scaled(300),
        statementTimeoutMs: scaled(300),
      });
      return { backend, outage, close: () => backend.close() };
    },
    capabilities: { ownRoot: true },
    only: ["outage/"],
  });
}

defineBackendTests({
  name: "PostgresBackend whose connections died",
  timeoutMs: CASE_TIMEOUT_MS,
  create: ({ name }) => {
    const backend = database.backend({
      url: proxy.through(database.url),
      namespace: ["dead", name],
      statementTimeoutMs: scaled(500),
    });
    return { backend, deadConnections: () => proxy.killConnections(), close: () => backend.close() };
  },
  capabilities: { ownRoot: true },
  only: ["dead-connections/"],
});
