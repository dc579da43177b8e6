import { S3Proxy } from "@deepagents-internal/testing/s3-proxy";
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

/** A backend behind a proxy, made ready; of that the proxy has forgotten what was asked. */
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
