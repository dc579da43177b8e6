import { S3Proxy, withBody } from "@deepagents-internal/testing/s3-proxy";
import { beforeAll, beforeEach } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../../src/index.js";
import type { TestBucket } from "./bucket.js";

/** A proxy of a test file's own, which passes everything on at the start of each test. */
export function useProxy(bucket: TestBucket): S3Proxy {
  const proxy = new S3Proxy(bucket.connection.endpointUrl);
  beforeAll(() => proxy.listen());
  bucket.endsWith(() => proxy.stop());
  beforeEach(() => proxy.reset());
  return proxy;
}

/** Initializes a backend behind a proxy, and clears the proxy's record of those requests. */
export async function openThrough(
  proxy: S3Proxy,
  bucket: TestBucket,
  options: Partial<S3BackendOptions> = {},
): Promise<S3Backend> {
  const backend = bucket.backend({ endpointUrl: proxy.endpointUrl, ...options });
  await backend.initialize();
  proxy.reset();
  return backend;
}

/**
 * Gives a store whole seconds as the times of versions, as those of AWS.
 * @param behindMs Time by which the store's clock is behind that of its clients; whole seconds.
 */
export function useSeconds(proxy: S3Proxy, behindMs = 0): void {
  const shifted = (time: string) => new Date(Math.floor(Date.parse(time) / 1_000) * 1_000 - behindMs);
  proxy.intercept = async (asked, forward) => {
    const answer = await forward();
    const date = answer.headers?.date;
    const headers = {
      ...answer.headers,
      ...(date !== undefined && { date: shifted(`${date}`).toUTCString() }),
    };
    if (!/[?&]versions/.test(asked.url)) return { ...answer, headers };
    const body = `${answer.body}`.replace(
      /(<LastModified>)([^<]*)/g,
      (_, tag, time) => tag + shifted(time).toISOString(),
    );
    return withBody({ ...answer, headers }, body);
  };
}
