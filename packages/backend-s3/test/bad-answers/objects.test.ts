import { type Answer, failure, type ProxiedRequest, withBody } from "@deepagents-internal/testing/s3-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const prefixes = prefixesOf(bucket);

const isGet =
  (key: string) =>
  ({ method, url }: ProxiedRequest) =>
    method === "GET" && url.split("?")[0]!.endsWith(`/${key}`);
const isList = ({ url }: ProxiedRequest) => url.includes("list-type=2");

describe("an object that cannot be fetched", () => {
  const SIX_GB = 6_000_000_000;
  const archived = failure(403, "InvalidObjectState");
  /** Announces 6 GB, sends a few bytes, and stalls. */
  const huge: Answer = {
    status: 200,
    headers: { etag: '"0"', "content-type": "text/plain", "content-length": `${SIX_GB}` },
    body: "needle\n".repeat(1_000),
    breaksOff: { after: 7_000, by: "stall" },
  };
  let sent = 0;
  /** The same without saying so, and without end. */
  const endless = (type: string): Answer => ({
    status: 200,
    headers: { etag: '"0"', "content-type": type },
    stream: (function* () {
      for (const chunk = Buffer.alloc(65_536, "needle\n"); ; sent += chunk.length) yield chunk;
    })(),
  });

  it.each<[string, () => Answer, RegExp]>([
    ["because it is archived", () => archived, /The object is archived\.(?! Restore)/],
    ["because it has 6 GB", () => huge, /The file has 6000000000 bytes; the limit is 1000000/],
    ["because it never ends", () => endless("text/plain"), /The file has over 1000000 bytes/],
    ["because it never ends, as JSON", () => endless("application/json"), /The file has over \d+ bytes/],
  ])("%s is reported, and the search continues", async (name, answer, words) => {
    const prefix = `object-${name.replaceAll(/\W+/g, "-")}`;
    const backend = await openThrough(proxy, bucket, {
      prefix,
      maxFileBytes: 1_000_000,
      operationTimeoutMs: scaled(10_000),
    });
    await prefixes.fill(prefix, ["/a.txt", "needle"], ["/b.txt", "needle"], ["/c.txt", "needle"]);
    sent = 0;
    proxy.intercept = async (asked, forward) => {
      if (isGet("b.txt")(asked)) return answer();
      const given = await forward();
      if (!isList(asked)) return given;
      const sizes = /(b\.txt<\/Key>.*?<Size>)\d+/s;
      return withBody(given, `${given.body}`.replace(sizes, `$1${SIX_GB}`));
    };
    expect((await backend.read("/b.txt")).error).toMatch(words);
    expect((await backend.edit("/b.txt", "needle", "x")).error).toMatch(words);
    expect(await backend.downloadFiles(["/a.txt", "/b.txt", "/c.txt"])).toEqual([
      { path: "/a.txt", content: expect.anything(), error: null },
      { path: "/b.txt", content: null, error: "permission_denied", message: expect.stringMatching(words) },
      { path: "/c.txt", content: expect.anything(), error: null },
    ]);
    expect((await backend.grep("needle")).matches?.map(({ path, line }) => [path, line])).toEqual([
      ["/a.txt", 1],
      ["/b.txt", 0],
      ["/c.txt", 1],
    ]);
    expect((await backend.ls("/")).files?.find(({ path }) => path === "/b.txt")?.stored_size).toBe(SIX_GB);
    expect(sent).toBeLessThan(50_000_000);
    // It can be replaced and deleted.
    expect(await backend.uploadFiles([["/b.txt", Buffer.from("new")]])).toMatchObject([{ error: null }]);
    expect(await backend.delete("/b.txt")).not.toHaveProperty("error");
  });
});
