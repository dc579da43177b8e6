import { createHash } from "node:crypto";
import { type Asked, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import type { S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

/** Every kind of request, with bodies small and large. */
async function requestsOf(clientConfig: NonNullable<S3BackendOptions["clientConfig"]>): Promise<Asked[]> {
  const backend = bucket.backend({ endpointUrl: proxy.endpointUrl, cacheBytes: 0, clientConfig });
  const picture = Buffer.alloc(3 * 1024 * 1024, 7);
  await backend.write("/d/a.txt", "n");
  await backend.edit("/d/a.txt", "n", "n+");
  expect(await backend.uploadFiles([["/d/b.png", picture]])).toMatchObject([{ error: null }]);
  const [download] = await backend.downloadFiles(["/d/b.png"]);
  expect(picture.equals(download?.content ?? Buffer.of())).toBe(true);
  expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
  await backend.write("/e.txt", "x");
  await backend.delete("/e.txt");
  const methods = new Set(proxy.asked.map(({ method }) => method));
  expect([...methods].sort()).toEqual(["DELETE", "GET", "HEAD", "POST", "PUT"]);
  return proxy.asked;
}

const named = (asked: readonly Asked[], pattern: RegExp) =>
  asked.flatMap(({ method, headers }) =>
    Object.entries(headers)
      .filter((header) => pattern.test(header.join(": ")))
      .map(([name]) => `${method} ${name}`),
  );

describe("what some stores do not know", () => {
  const checksums = /checksum|trailer|aws-chunked|STREAMING/i;

  it("is not sent: checksums, chunks with trailers", async () => {
    const asked = await requestsOf({});
    expect(
      named(
        asked.filter(({ method }) => method !== "POST"),
        checksums,
      ),
    ).toEqual([]);
    for (const { method, headers, body } of asked) {
      if (method === "PUT") expect(headers["content-length"]).toBe(`${body.length}`);
    }
  });

  it("is sent where the client's own configuration says so", async () => {
    const asked = await requestsOf({
      requestChecksumCalculation: "WHEN_SUPPORTED",
      responseChecksumValidation: "WHEN_SUPPORTED",
    });
    const names = new Set(named(asked, checksums));
    expect(names).toContain("PUT x-amz-checksum-crc32");
    expect(names).toContain("GET x-amz-checksum-mode");
  });
});

it("a deletion of many carries the MD5 that some stores ask for", async () => {
  const [deletion] = (await requestsOf({})).filter(({ method }) => method === "POST");
  const md5 = createHash("md5").update(deletion!.body).digest("base64");
  expect(deletion!.headers["content-md5"]).toBe(md5);
});

it("the client repeats nothing by itself, whatever its configuration says", async () => {
  const backend = await openThrough(proxy, bucket, { maxRetries: 1, clientConfig: { maxAttempts: 5 } });
  proxy.intercept = () => "reset";
  expect((await backend.read("/a.txt")).error).toContain("broke off");
  expect(proxy.asked).toHaveLength(1);
});

it("settings of the handler, such as a store's own certificate, are added to the backend's", async () => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  const secure = await S3Proxy.start(bucket.connection.endpointUrl, { key, cert });
  const backend = bucket.backend({
    endpointUrl: secure.endpointUrl,
    readTimeoutMs: 1_000,
    maxRetries: 1,
    clientConfig: { requestHandler: { httpsAgent: { ca: cert } } },
  });
  expect(await backend.write("/tls.txt", "x")).toEqual({ path: "/tls.txt", filesUpdate: null });
  secure.intercept = () => "stall";
  expect((await backend.read("/tls.txt")).error).toContain("did not answer in time");
  await secure.stop();
});
