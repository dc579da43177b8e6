import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

const LINES = 300_000;
const log = (word = "line") =>
  Buffer.from(Array.from({ length: LINES }, (_, i) => `${word} ${i}, of a large log\n`).join(""));
const at = (offset: number, count: number, word = "line") =>
  Array.from({ length: count }, (_, i) => `${word} ${offset + i}, of a large log`).join("\n");

/** Requests of a call: its method, whether it asks for a part, and the bytes of the answer. */
async function during(call: () => Promise<unknown>) {
  const sent: { request: string; bytes: number }[] = [];
  proxy.intercept = async (asked, forward) => {
    const answer = await forward();
    const part = asked.headers.range ? " of a part" : "";
    sent.push({ request: `${asked.method}${part} ${answer.status}`, bytes: answer.body?.length ?? 0 });
    return answer;
  };
  await call();
  proxy.reset();
  return sent;
}

describe("windows of a large text that is stored as its own bytes", () => {
  let backend: S3Backend;
  let other: S3Backend;
  const open = (options: Partial<S3BackendOptions> = {}) =>
    openThrough(proxy, bucket, { format: "raw", cacheBytes: 0, ...options });

  beforeAll(async () => {
    other = bucket.backend({ format: "raw" });
    backend = await open();
  });
  afterEach(() => proxy.reset());

  const store = async (path: string, content = log()) => {
    expect(await other.uploadFiles([[path, content]])).toEqual([{ path, error: null }]);
  };

  it("take one request for little more than the window, once the lines are known", async () => {
    await store("/known.log");
    const first = await during(() => backend.read("/known.log", 7, 3));
    expect(first).toEqual([{ request: "GET 200", bytes: log().length }]);
    for (const offset of [0, 123_456, LINES - 2]) {
      let content: unknown;
      const sent = await during(async () => {
        ({ content } = await backend.read("/known.log", offset, 2));
      });
      expect(content).toContain(at(offset, 2));
      expect(sent.map(({ request }) => request)).toEqual(["GET of a part 206"]);
      expect(sent[0]!.bytes).toBeLessThanOrEqual(2 * 64 * 1024);
    }
    expect(await backend.read("/known.log", LINES, 2)).toEqual(await other.read("/known.log", LINES, 2));
  });

  it("are those of the present version, if others have changed the file", async () => {
    await store("/changed.log");
    await backend.read("/changed.log");
    await store("/changed.log", log("other"));
    const sent = await during(async () => {
      expect((await backend.read("/changed.log", 1_000, 2)).content).toContain(at(1_000, 2, "other"));
    });
    expect(sent.map(({ request }) => request)).toEqual(["GET of a part 412", "GET 200"]);
    expect((await backend.read("/changed.log", 2_000, 1)).content).toContain(at(2_000, 1, "other"));
  });

  it("are not found, if others have deleted the file", async () => {
    await store("/deleted.log");
    await backend.read("/deleted.log");
    await other.delete("/deleted.log");
    expect((await backend.read("/deleted.log", 5, 1)).error).toContain("not found");
  });

  it("are right on a store that returns no parts", async () => {
    await store("/whole.log");
    await backend.read("/whole.log");
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!asked.headers.range) return answer;
      const { "content-range": _, ...headers } = answer.headers ?? {};
      return { ...answer, status: 200, headers };
    };
    expect((await backend.read("/whole.log", 99, 1)).content).toContain(at(99, 1));
  });

  it("are cut out of the cache, if the file is there", async () => {
    const caching = await open({ cacheBytes: 64 * 1024 * 1024 });
    await store("/cached.log");
    await caching.read("/cached.log");
    const sent = await during(() => caching.read("/cached.log", 123_456, 2));
    expect(sent).toEqual([{ request: "GET 304", bytes: 0 }]);
    await caching.close();
  });

  it("are cut out of the whole file, if that is an envelope", async () => {
    const enveloped = await open({ format: "json" });
    await enveloped.uploadFiles([["/enveloped.log", log()]]);
    for (const offset of [5, 123_456]) {
      expect((await enveloped.read("/enveloped.log", offset, 2)).content).toContain(at(offset, 2));
    }
    await enveloped.close();
  });
});
