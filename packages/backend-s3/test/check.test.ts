import { scaled } from "@deepagents-internal/testing/scaled";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

describe("check()", () => {
  it("answers before initialize(), with one request and without a change", async () => {
    const backend = bucket.backend({ endpointUrl: proxy.endpointUrl, prefix: "agents" });
    expect(await backend.check()).toEqual({
      ok: true,
      latencyMs: expect.any(Number),
      warnings: [],
      details: { host: new URL(proxy.endpointUrl).host, bucket: bucket.name, prefix: "agents/" },
    });
    expect(proxy.asked).toHaveLength(1);
    await backend.initialize();
    expect((await backend.check()).details).toMatchObject({ conditionalWrites: true, writable: true });
  });

  it("reports the failure, and what is known nevertheless", async () => {
    const missing = `${bucket.name}-missing`;
    expect(await bucket.backend({ bucket: missing }).check()).toMatchObject({
      ok: false,
      error: { code: "misconfigured", message: expect.stringContaining("no bucket of that name") },
      details: { bucket: missing },
    });
    const backend = bucket.backend({ accessKeyId: "nobody", secretAccessKey: "hunter2hunter2" });
    const health = await backend.check();
    expect(health).toMatchObject({ ok: false, error: { code: "misconfigured" } });
    expect(JSON.stringify(health)).not.toContain("hunter2");
  });

  it("reports that a silent store did not answer in time", async () => {
    const backend = bucket.backend({ endpointUrl: proxy.endpointUrl, operationTimeoutMs: scaled(200) });
    proxy.intercept = () => "stall";
    expect(await backend.check()).toMatchObject({
      ok: false,
      error: { code: "timeout", message: expect.stringContaining("did not answer in time") },
      details: { bucket: bucket.name },
    });
  });

  it("reports that the backend was closed", async () => {
    const backend = bucket.backend();
    await backend.close();
    expect(await backend.check()).toMatchObject({ ok: false, error: { code: "closed" } });
  });
});
