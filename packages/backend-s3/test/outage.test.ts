import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { failure, type Intercept, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { beforeAll } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";

const bucket = useBucket();
let proxy: S3Proxy;

beforeAll(async () => {
  proxy = await S3Proxy.start(bucket.connection.endpointUrl);
  bucket.endsWith(() => proxy.stop());
  // The store's capabilities are probed once, with more time than the operations below have.
  await bucket.backend({ endpointUrl: proxy.endpointUrl }).initialize();
});

/** Has requests fail; answers with what lets them pass again. */
const takesAway = (intercept: Intercept) => () => {
  proxy.intercept = intercept;
  return () => proxy.reset();
};

const reads = takesAway(({ method }, forward) =>
  method === "GET" || method === "HEAD" ? failure(503, "SlowDown") : forward(),
);

/** Ways in which a store is away. */
const OUTAGES: Readonly<Record<string, () => () => void>> = {
  "resets every connection": () => {
    const end = takesAway(() => "reset")();
    for (const connection of proxy.connections) connection.resetAndDestroy();
    return end;
  },
  "falls silent": takesAway(() => "stall"),
  "answers 503": takesAway(() => failure(503, "SlowDown")),
};

const options = (...namespace: string[]) => ({
  endpointUrl: proxy.endpointUrl,
  namespace,
  operationTimeoutMs: scaled(1_000),
  maxAttempts: 2,
});

for (const [how, outage] of Object.entries(OUTAGES)) {
  defineBackendTests({
    name: `S3Backend whose store ${how}`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const backend = bucket.backend(options(how, name));
      return { backend, outage, close: () => backend.close() };
    },
    capabilities: { ownRoot: true },
    only: ["outage/"],
  });
}

// With `refuse` a creation looks for directories of its name first, with `allow` it is one conditional PUT.
for (const pathConflicts of ["refuse", "allow"] as const) {
  defineBackendTests({
    name: `S3Backend with pathConflicts: ${pathConflicts} whose store answers no reads`,
    timeoutMs: CASE_TIMEOUT_MS,
    create: ({ name }) => {
      const backend = bucket.backend({ ...options(pathConflicts, name), pathConflicts });
      return { backend, readOutage: reads, close: () => backend.close() };
    },
    capabilities: { ownRoot: true },
    only: ["read-outage/"],
  });
}
