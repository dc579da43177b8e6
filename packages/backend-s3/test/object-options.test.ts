import { GetObjectTaggingCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

describe("request and object options", () => {
  it("requesterPays is sent with every kind of request", async () => {
    const backend = await openThrough(proxy, bucket, { requesterPays: true, cacheBytes: 0 });
    await backend.initialize();
    await backend.write("/d/a.txt", "one");
    await backend.edit("/d/a.txt", "one", "two");
    await backend.uploadFiles([["/d/b.png", Buffer.of(1)]]);
    await backend.grep("two");
    await backend.ls("/");
    await backend.delete("/d");
    await backend.write("/e.txt", "x");
    await backend.delete("/e.txt");
    const methods = proxy.asked.map(({ method }) => method);
    expect([...new Set(methods)].sort()).toEqual(["DELETE", "GET", "HEAD", "POST", "PUT"]);
    for (const { headers } of proxy.asked) expect(headers["x-amz-request-payer"]).toBe("requester");
  });

  it("is not sent by default", async () => {
    const backend = await openThrough(proxy, bucket);
    await backend.ls("/");
    for (const { headers } of proxy.asked) expect(headers).not.toHaveProperty("x-amz-request-payer");
  });

  it("acl and tags apply to every written object", async () => {
    const tags = { team: "agents + friends", "cost center": "a/1=2 @x" };
    const backend = await openThrough(proxy, bucket, { acl: "private", tags });
    expect(await backend.write("/tagged/a.txt", "one")).not.toHaveProperty("error");
    expect(await backend.edit("/tagged/a.txt", "one", "two")).toMatchObject({ occurrences: 1 });
    await backend.uploadFiles([["/tagged/b.png", Buffer.of(1)]]);
    const puts = proxy.asked.filter(({ method }) => method === "PUT");
    expect(puts).toHaveLength(3);
    for (const { headers } of puts) expect(headers["x-amz-acl"]).toBe("private");
    for (const Key of ["tagged/a.txt", "tagged/b.png"]) {
      const { TagSet = [] } = await bucket.client.send(
        new GetObjectTaggingCommand({ Bucket: bucket.name, Key }),
      );
      expect(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))).toEqual(tags);
    }
  });
});
