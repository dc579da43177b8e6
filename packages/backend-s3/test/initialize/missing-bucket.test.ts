import { barrier, expectOutage, runAll } from "@deepagents-internal/testing";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import { failure } from "@deepagents-internal/testing/s3-proxy";
import { afterAll, describe, expect, it } from "@jest/globals";
import type { S3BackendOptions } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { objectsOf } from "../helpers/objects.js";
import { refusal } from "../helpers/refusal.js";
import { useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

const through = (options: Partial<S3BackendOptions> = {}) =>
  bucket.backend({ endpointUrl: proxy.endpointUrl, ...options });

describe("a missing bucket", () => {
  const names: string[] = [];
  const missing = () => {
    names.push(`${bucket.name}-${names.length}`);
    return names.at(-1)!;
  };
  afterAll(async () => {
    for (const name of names) await deleteBucket(bucket.client, name);
  });

  it("is reported by every operation, and used once it exists", async () => {
    const name = missing();
    const backend = bucket.backend({ bucket: name });
    expect(await refusal(backend)).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("has no bucket of that name"),
      hint: "Create it, or give createBucket: true.",
    });
    expectOutage(await runAll(backend, "/a"), /has no bucket of that name \([^)]*\)\.(?! Create)/);
    await bucket.backend({ bucket: name, createBucket: true }).initialize();
    expect(await backend.ls("/")).toEqual({ files: [] });
  });

  it("is created on request, also by two backends concurrently", async () => {
    const name = missing();
    const both = barrier(2);
    proxy.intercept = async (asked, forward) => {
      // Both have seen that there is none.
      if (asked.method === "PUT" && asked.url.split("?")[0] === `/${name}`) await both(1);
      return forward();
    };
    const backends = [1, 2].map(() => through({ bucket: name, createBucket: true }));
    await Promise.all(backends.map((backend) => backend.initialize()));
    expect(await objectsOf({ ...bucket, name }).keys("")).toEqual([]);
  });

  it("is not created if another account owns it, or without the right", async () => {
    for (const [answer, message] of [
      [failure(409, "BucketAlreadyExists"), "Another account owns a bucket of that name"],
      [failure(403, "AccessDenied"), "The credentials lack permission for this operation (s3:CreateBucket)."],
    ] as const) {
      const name = missing();
      proxy.intercept = (asked, forward) => (asked.method === "PUT" ? answer : forward());
      expect(await refusal(through({ bucket: name, createBucket: true }))).toMatchObject({
        message: expect.stringContaining(message),
      });
    }
  });
});
