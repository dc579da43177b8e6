import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { type ProxiedRequest, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();

/** Milliseconds that `performance.now()` is ahead of the real clock. */
let ahead = 0;
const realNow = performance.now.bind(performance);
beforeAll(() => {
  jest.spyOn(performance, "now").mockImplementation(() => realNow() + ahead);
});
afterEach(() => {
  ahead = 0;
});
afterAll(() => {
  jest.restoreAllMocks();
});

defineBackendTests({
  name: "S3Backend whose idle connections died silently",
  timeoutMs: CASE_TIMEOUT_MS,
  create: async ({ name }) => {
    // A proxy of its own: other cases have connections too.
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    const options = {
      endpointUrl: store.endpointUrl,
      namespace: [name],
      readTimeoutMs: scaled(1_000),
      cacheBytes: 0,
    };
    const backend = bucket.backend(options);
    return {
      backend,
      deadConnections: () => {
        ahead = 20_000;
        return store.killConnections();
      },
      close: async () => {
        await backend.close();
        await store.stop();
      },
    };
  },
  capabilities: { ownRoot: true },
  only: ["dead-connections/"],
});

describe("idle connections", () => {
  const proxy = useProxy(bucket);

  /** A backend with several idle connections. */
  const prepare = async (options: object = {}) => {
    const backend = await openThrough(proxy, bucket, { cacheBytes: 0, ...options });
    await backend.uploadFiles([["/idle.txt", Buffer.from("needle")]]);
    await Promise.all(Array.from({ length: 8 }, () => backend.read("/idle.txt")));
    return backend;
  };
  const isRead = ({ url }: ProxiedRequest) => url.includes("idle.txt");

  it("are not reused after idleTimeoutMs, as after a frozen serverless function", async () => {
    const backend = await prepare({ idleTimeoutMs: 60_000 });
    const used = proxy.killConnections();
    ahead = 61_000;
    for (let i = 0; i < 8; i++) expect(await backend.read("/idle.txt")).toMatchObject({ content: "needle" });
    expect(used()).toBe(0);
  });

  it("are not reused after maxLifetimeMs", async () => {
    const backend = await prepare({ maxLifetimeMs: 30_000, idleTimeoutMs: 600_000 });
    const used = proxy.killConnections();
    ahead = 31_000;
    expect(await backend.read("/idle.txt")).toMatchObject({ content: "needle" });
    expect(used()).toBe(0);
  });

  it("are checked with a short time limit, and the read is repeated, even with one attempt", async () => {
    const backend = await prepare({ maxAttempts: 1 });
    const used = proxy.killConnections();
    proxy.asked = [];
    ahead = 20_000;
    // With readTimeoutMs alone it would take 30 seconds, and then fail.
    for (let i = 0; i < 4; i++) expect(await backend.read("/idle.txt")).toMatchObject({ content: "needle" });
    expect(used()).toBe(1);
    expect(proxy.asked.filter(isRead)).toHaveLength(4);
  });

  it("are not used for a change, which may not be repeated if it gets no response", async () => {
    // Without a look for conflicts the PUT is the only request.
    const backend = await prepare({ pathConflicts: "allow" });
    const used = proxy.killConnections();
    ahead = 20_000;
    expect(await backend.write("/idle-new.txt", "x")).not.toHaveProperty("error");
    expect(used()).toBe(0);
  });

  it("are reused if they are alive", async () => {
    const backend = await prepare();
    const before = new Set(proxy.connections);
    ahead = 20_000;
    for (let i = 0; i < 4; i++) expect(await backend.read("/idle.txt")).toMatchObject({ content: "needle" });
    expect([...proxy.connections].filter((connection) => !before.has(connection))).toEqual([]);
  });

  it("are closed after idleTimeoutMs", async () => {
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    const backend = bucket.backend({ endpointUrl: store.endpointUrl, idleTimeoutMs: 50 });
    await backend.initialize();
    await Promise.all(
      [...store.connections].map(
        (connection) => connection.destroyed || new Promise((resolve) => connection.once("close", resolve)),
      ),
    );
    expect(await backend.write("/idle-end.txt", "x")).not.toHaveProperty("error");
    await store.stop();
  });
});
