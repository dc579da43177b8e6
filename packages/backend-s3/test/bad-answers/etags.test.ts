import type { Answer } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const prefixes = prefixesOf(bucket);

describe("an answer without an ETag", () => {
  const withoutEtag = ({ headers, ...answer }: Answer) => ({
    ...answer,
    headers: { ...headers, etag: undefined },
  });

  it("is enough where it says that nothing has changed", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "no-etag" });
    await backend.write("/a.txt", "x");
    const statuses: number[] = [];
    proxy.intercept = async (_, forward) => {
      const answer = withoutEtag(await forward());
      statuses.push(answer.status);
      return answer;
    };
    expect(await backend.read("/a.txt")).toMatchObject({ content: "x" });
    expect(statuses).toEqual([304]);
  });

  it("is not in any other case", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "no-etag", cacheBytes: 0, maxRetries: 2 });
    proxy.intercept = async (_, forward) => withoutEtag(await forward());
    for (const said of [
      await backend.read("/a.txt"),
      (await backend.uploadFiles([["/a.txt", Buffer.from("y")]]))[0],
    ]) {
      expect(JSON.stringify(said)).toMatch(/is it S3|unknown whether/);
    }
    expect(await prefixes.backend("no-etag").read("/a.txt")).toMatchObject({ content: "x" });
  });
});
