import { describe, expect, it } from "@jest/globals";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import { MemoryBackend, RemoteBackend, RemoteBackendError } from "../../src/index.js";

describe("check()", () => {
  it("lists if the store has no check of its own, and opens the storage", async () => {
    expect(await new MemoryBackend().check()).toEqual({
      ok: true,
      latencyMs: expect.any(Number),
      warnings: [],
      details: {},
    });
    const away = new RemoteBackendError("unavailable", "Away.");
    const failing = [
      { open: () => Promise.reject(away) },
      {
        // biome-ignore lint/correctness/useYield: it fails before the first page
        async *list() {
          throw away;
        },
      },
    ];
    for (const own of failing) {
      const backend = new RemoteBackend(layer(new MemoryFileStore(), own));
      expect(await backend.check()).toMatchObject({
        ok: false,
        error: { code: "unavailable", message: "Away." },
      });
    }
  });

  it("reports what was found before the check failed, of the last attempt only", async () => {
    const store = layer(new MemoryFileStore(), {
      async check(report) {
        report.details.server = "1.0";
        report.warn("old", "The server is old.");
        throw new RemoteBackendError("permission-denied", "Refused.", { hint: "GRANT SELECT" });
      },
    });
    expect(await new RemoteBackend(store).check()).toMatchObject({
      ok: false,
      error: { code: "permission-denied", message: "Refused.", hint: "GRANT SELECT" },
      details: { server: "1.0" },
      warnings: [{ code: "old", message: "The server is old." }],
    });
  });

  it("retries once after a dead connection", async () => {
    let attempts = 0;
    const store = layer(new MemoryFileStore(), {
      async check() {
        if (++attempts === 1) throw new RemoteBackendError("unavailable", "The connection was lost.");
      },
    });
    expect(await new RemoteBackend(store).check()).toMatchObject({ ok: true });
    expect(attempts).toBe(2);
  });

  it("is bounded in time, even if the store ignores its signal", async () => {
    const store = layer(new MemoryFileStore(), {
      async check(report) {
        report.details.server = "1.0";
        await new Promise(() => {});
      },
    });
    expect(await new RemoteBackend(store, { operationTimeoutMs: 20 }).check()).toMatchObject({
      ok: false,
      error: { code: "timeout", message: expect.stringContaining("did not answer in time") },
      details: { server: "1.0" },
    });
  });

  it("never rejects, and never quotes a foreign error", async () => {
    const store = layer(new MemoryFileStore(), { check: () => Promise.reject(new TypeError("hunter2")) });
    const health = await new RemoteBackend(store).check();
    expect(health).toMatchObject({ ok: false, error: { code: "unavailable" } });
    expect(JSON.stringify(health)).not.toContain("hunter2");
    const closed = new MemoryBackend();
    await closed.close();
    expect(await closed.check()).toMatchObject({ ok: false, error: { code: "closed" } });
  });
});
