import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { failure } from "@deepagents-internal/testing/s3-proxy";
import { defineStoreTests } from "@deepagents-remote/core/conformance/jest";
import { describe, expect, it } from "@jest/globals";
import { S3FileStore } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

/** Objects with a key of another account: listed, and refused when they are fetched. */
function refuse(...keys: readonly string[]): void {
  const urls = keys.map((key) => `/${bucket.name}/${key}`);
  proxy.intercept = (asked, forward) =>
    asked.method === "GET" && urls.includes(decodeURIComponent(new URL(asked.url, "http://s3").pathname))
      ? failure(403, "AccessDenied")
      : forward();
}

const connection = () => ({ ...bucket.connection, endpointUrl: proxy.endpointUrl });

defineStoreTests({
  name: "S3FileStore on a store that refuses single objects",
  timeoutMs: CASE_TIMEOUT_MS,
  create: () => ({
    store: new S3FileStore({ bucket: bucket.name, ...connection(), cacheBytes: 0 }),
    makeUnreadable: (key) => refuse(key),
  }),
  only: ["get/unreadable/"],
});

describe("a search of files some of which the store refuses", () => {
  it("searches the others, and names the refused ones", async () => {
    const backend = bucket.backend({ ...connection(), cacheBytes: 0 });
    for (const path of ["/a.txt", "/b.txt", "/c.txt"]) await backend.write(path, "needle\n");
    refuse("b.txt");
    expect(await backend.grep("needle")).toEqual({
      matches: [
        { path: "/a.txt", line: 1, text: "needle" },
        { path: "/b.txt", line: 0, text: expect.stringMatching(/not searched.*s3:GetObject/) },
        { path: "/c.txt", line: 1, text: "needle" },
      ],
    });
  });
});
