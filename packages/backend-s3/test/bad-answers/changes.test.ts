import { type Answer, failure, type ProxiedRequest, withBody } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const prefixes = prefixesOf(bucket);

const pathsOf = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

const isBatch = ({ method, url }: ProxiedRequest) => method === "POST" && url.includes("delete");

describe("a store that acknowledges changes and does not make them", () => {
  const error = (code: string) => failure(200, code);

  it.each<[string, Answer]>([
    ["an error", error("InternalError")],
    ["a page", { status: 200, body: "<html><body></body></html>" }],
  ])("to a PUT, with %s: the outcome is unknown, and not reported as success", async (name, answer) => {
    const prefix = `yes-put-${name.replaceAll(" ", "-")}`;
    const backend = await openThrough(proxy, bucket, { prefix });
    proxy.intercept = (asked, forward) => (asked.method === "PUT" ? answer : forward());
    expect((await backend.write("/a.txt", "x")).error).toContain("unknown whether the change was made");
    proxy.intercept = (_, forward) => forward();
    expect(pathsOf(await prefixes.backend(prefix).ls("/"))).toEqual([]);
  });

  it.each<[string, (asked: ProxiedRequest) => Answer]>([
    [
      "an error in the place of the answer",
      () => withBody(error("InternalError"), "<Error><Code>InternalError</Code></Error>\n\n"),
    ],
    ["a page", () => ({ status: 200, body: "<html><body></body></html>" })],
    ["an empty answer", () => ({ status: 200 })],
    [
      "errors of two files",
      ({ body }) => {
        const keys = [...`${body}`.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
        const failed = (key?: string) => `<Error><Key>${key}</Key><Code>InternalError</Code></Error>`;
        return { status: 200, body: `<DeleteResult>${failed(keys[0])}${failed(keys[1])}</DeleteResult>` };
      },
    ],
  ])(
    "to a deletion, with %s: remaining objects are deleted one by one, with retries",
    async (name, answer) => {
      const prefix = `yes-delete-${name.replaceAll(/\W+/g, "-")}`;
      const backend = await openThrough(proxy, bucket, { prefix });
      await prefixes.fill(prefix, ["/d/a.txt", "x"], ["/d/b.txt", "x"], ["/d/c.txt", "x"], ["/e.txt", "x"]);
      const busy = new Set<string>();
      proxy.intercept = (asked, forward) => {
        if (isBatch(asked)) return answer(asked);
        if (asked.method !== "DELETE" || busy.has(asked.url)) return forward();
        busy.add(asked.url);
        return failure(503, "SlowDown");
      };
      expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
      expect(await prefixes.stored(prefix)).toHaveLength(1);
    },
  );

  it.each([
    ["MissingContentMD5", failure(400, "MissingContentMD5")],
    ["NotImplemented", failure(501, "NotImplemented")],
    ["MethodNotAllowed", failure(405, "MethodNotAllowed")],
  ])("refuses batch deletions with %s: files are deleted one by one", async (name, answer) => {
    const backend = await openThrough(proxy, bucket, { prefix: name });
    await prefixes.fill(name, ["/d/a.txt", "x"], ["/d/b.txt", "x"], ["/e.txt", "x"]);
    proxy.intercept = (asked, forward) => (isBatch(asked) ? answer : forward());
    expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
    expect(await prefixes.stored(name)).toHaveLength(1);
  });
});
