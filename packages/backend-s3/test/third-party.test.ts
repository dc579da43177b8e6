import { createHash } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { failure, type ProxiedRequest, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import type { S3BackendOptions } from "../src/index.js";
import { hashesOf } from "../src/requests/with-body.js";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

/** Every kind of request, with bodies small and large. */
async function requestsOf(
  clientConfig: NonNullable<S3BackendOptions["clientConfig"]>,
): Promise<ProxiedRequest[]> {
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

const named = (asked: readonly ProxiedRequest[], pattern: RegExp) =>
  asked.flatMap(({ method, headers }) =>
    Object.entries(headers)
      .filter((header) => pattern.test(header.join(": ")))
      .map(([name]) => `${method} ${name}`),
  );

describe("features that some stores lack", () => {
  const checksums = /checksum|trailer|aws-chunked|STREAMING/i;

  it("are not used: checksums, chunks with trailers", async () => {
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

  it("are used if the client's own configuration says so", async () => {
    const asked = await requestsOf({
      requestChecksumCalculation: "WHEN_SUPPORTED",
      responseChecksumValidation: "WHEN_SUPPORTED",
    });
    const names = new Set(named(asked, checksums));
    expect(names).toContain("PUT x-amz-checksum-crc32");
    expect(names).toContain("GET x-amz-checksum-mode");
  });
});

it("a batch deletion is sent in one piece, with the MD5 that some stores require, however long it is", async () => {
  const backend = await openThrough(proxy, bucket);
  // `&` takes five bytes in XML: 1,000 keys are 4 MB.
  const directory = `d/${Array(4).fill("&amp;".repeat(200)).join("/")}`;
  const objects = Array.from(
    { length: 1_000 },
    (_, i) => `<Contents><Key>${directory}/${i}</Key><ETag>"0"</ETag><Size>1</Size></Contents>`,
  );
  let isListed = false;
  proxy.intercept = (asked, forward) => {
    if (isListed || !asked.url.includes("list-type=2")) return forward();
    isListed = true;
    const body = `<ListBucketResult><IsTruncated>false</IsTruncated>${objects.join("")}</ListBucketResult>`;
    return { status: 200, body };
  };
  expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
  const deletions = proxy.asked.filter(({ method }) => method === "POST");
  expect(deletions).toHaveLength(1);
  const [{ headers, body }] = deletions as [ProxiedRequest];
  expect(body.length).toBeGreaterThan(2 * 1024 * 1024);
  expect(headers).not.toHaveProperty("expect");
  expect(headers["content-md5"]).toBe(createHash("md5").update(body).digest("base64"));
});

it("the client retries nothing by itself, whatever its configuration says", async () => {
  const backend = await openThrough(proxy, bucket, { maxAttempts: 1, clientConfig: { maxAttempts: 5 } });
  proxy.intercept = () => "reset";
  expect((await backend.read("/a.txt")).error).toContain("connection to the store was lost");
  expect(proxy.asked).toHaveLength(1);
});

describe("a store behind TLS, with a private CA, that requires a client certificate", () => {
  const certificateFor = (commonName: string) =>
    generate([{ name: "commonName", value: commonName }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });

  async function openSecurely() {
    const [server, client] = await Promise.all(["127.0.0.1", "client"].map(certificateFor));
    const secure = await S3Proxy.start(bucket.connection.endpointUrl, {
      key: server!.private,
      cert: server!.cert,
      clientCert: client!.cert,
    });
    const { endpointUrl } = secure;
    const requestHandler = { httpsAgent: { ca: server!.cert, key: client!.private, cert: client!.cert } };
    return { secure, endpointUrl, requestHandler };
  }

  it("is reached by settings of the handler, which are added to the backend's", async () => {
    const { secure, endpointUrl, requestHandler } = await openSecurely();
    const options = {
      endpointUrl,
      readTimeoutMs: scaled(1_000),
      maxAttempts: 1,
      clientConfig: { requestHandler },
    };
    const backend = bucket.backend(options);
    expect(await backend.write("/tls.txt", "x")).toEqual({ path: "/tls.txt", filesUpdate: null });
    secure.intercept = () => "stall";
    expect((await backend.read("/tls.txt")).error).toContain("did not answer in time");
    await secure.stop();
  });

  it("gets large files over the same connections, without waiting for 100 Continue", async () => {
    const { secure, endpointUrl, requestHandler } = await openSecurely();
    const { region, accessKeyId, secretAccessKey } = bucket.connection;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({
      endpoint: endpointUrl,
      region,
      credentials,
      forcePathStyle: true,
      requestHandler,
    });
    const backends = [
      bucket.backend({ endpointUrl, clientConfig: { requestHandler } }),
      bucket.backend({ client }),
    ];
    const large = Buffer.alloc(3 * 1024 * 1024, 7);
    for (const [i, backend] of backends.entries()) {
      secure.asked = [];
      const path = `/large-${i}.bin`;
      expect(await backend.uploadFiles([[path, large]])).toEqual([{ path, error: null }]);
      expect(secure.asked.filter(({ headers }) => "expect" in headers)).toEqual([]);
    }
    client.destroy();
    await secure.stop();
  });
});

describe("a bucket with Object Lock, which refuses every PUT without a checksum", () => {
  it("accepts them, even if the store knows only Content-MD5", async () => {
    proxy.intercept = ({ method, headers }, forward) => {
      const known = Object.keys(headers).some((name) => name.startsWith("x-amz-checksum"));
      const isRefused = method === "PUT" && (known || headers["content-md5"] === undefined);
      return isRefused ? failure(400, "InvalidRequest") : forward();
    };
    const backend = bucket.backend({ endpointUrl: proxy.endpointUrl });
    expect(await backend.write("/locked.txt", "one")).not.toHaveProperty("error");
    expect(await backend.edit("/locked.txt", "one", "two")).toMatchObject({ occurrences: 1 });
    const picture = Buffer.alloc(9 * 1024 * 1024, 7);
    expect(await backend.uploadFiles([["/locked.png", picture]])).toMatchObject([{ error: null }]);
    for (const { method, headers, body } of proxy.asked) {
      if (method !== "PUT") continue;
      expect(headers["content-md5"]).toBe(createHash("md5").update(body).digest("base64"));
    }
  });

  it("uses SHA-256 if OpenSSL has no MD5", async () => {
    const body = Buffer.alloc(9 * 1024 * 1024, 7);
    const digest = createHash("sha256").update(body).digest("base64");
    expect((await hashesOf(body, true)).integrity).toEqual({ ChecksumSHA256: digest });
  });
});
