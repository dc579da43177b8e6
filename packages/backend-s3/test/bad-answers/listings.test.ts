import { type Answer, type ProxiedRequest, withBody } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";
import { openThrough, useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const prefixes = prefixesOf(bucket);

const pathsOf = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);
const isList = ({ url }: ProxiedRequest) => url.includes("list-type=2");

describe("a listing", () => {
  const escapeXml = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const unescapeXml = (text: string) =>
    text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
  /** Writes keys and prefixes of listings in another way. */
  const rewrite = (write: (text: string) => string, isEncoded: boolean) => {
    const seen: string[] = [];
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!isList(asked)) return answer;
      // Some stores do not encode keys.
      const read = `${answer.body}`.includes("<EncodingType>url<") ? decode : unescapeXml;
      const body = `${answer.body}`
        .replaceAll(/(<(?:Key|Prefix)>)(.*?)(?=<)/g, (_, tag, text) => tag + write(read(text)))
        .replace(/<EncodingType>.*?<\/EncodingType>/, "")
        .replace("</ListBucketResult>", isEncoded ? "<EncodingType>url</EncodingType>$&" : "$&");
      seen.push(body);
      return withBody(answer, body);
    };
    return seen;
  };
  const page = (contents: string, next?: string): Answer => ({
    status: 200,
    body:
      `<ListBucketResult><Name>${bucket.name}</Name><IsTruncated>${next !== undefined}</IsTruncated>` +
      `${next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`}` +
      `${contents}</ListBucketResult>`,
  });
  const key = (name: string) => `<Contents><Key>fake/${name}</Key><ETag>"0"</ETag><Size>1</Size></Contents>`;
  const directory = (name: string) => `<CommonPrefixes><Prefix>fake/${name}/</Prefix></CommonPrefixes>`;
  const tokenOf = ({ url }: ProxiedRequest) =>
    new URL(url, proxy.endpointUrl).searchParams.get("continuation-token");

  it.each<[string, (text: string) => string]>([
    ["keys as they are", escapeXml],
    [
      "spaces as +",
      (text) => encodeURI(text).replaceAll("+", "%2B").replaceAll("&", "%26").replaceAll("%20", "+"),
    ],
    ["spaces as %20", (text) => encodeURIComponent(text).replaceAll("%2F", "/")],
    ["slashes as %2F", encodeURIComponent],
    [
      "all of it encoded",
      (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
    ],
  ])("with %s shows the same files", async (name, write) => {
    const prefix = `list ${name}`;
    const backend = await openThrough(proxy, bucket, { prefix });
    const paths = ["/%41 b+c%.txt", "/& <é>.txt", "/a b/c+d.txt"];
    await prefixes.fill(prefix, ...paths.map((path) => [path, "needle"] as const));
    const seen = rewrite(write, write !== escapeXml);
    expect(pathsOf(await backend.ls("/"))).toEqual(["/%41 b+c%.txt", "/& <é>.txt", "/a b/"]);
    expect(pathsOf(await backend.glob("**"))).toEqual(paths);
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(paths);
    expect(seen).toHaveLength(3);
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await prefixes.stored(prefix)).toEqual([]);
  });

  it("that repeats directories on its next page shows each once", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "fake" });
    proxy.intercept = (asked) =>
      tokenOf(asked) === null
        ? page(key("a.txt") + directory("d") + directory("e"), "next")
        : page(key("z.txt") + directory("e") + directory("f"));
    expect(pathsOf(await backend.ls("/"))).toEqual(["/a.txt", "/d/", "/e/", "/f/", "/z.txt"]);
  });

  it("in the order of UTF-16 shows all, in the order of code points", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "fake" });
    const names = ["a.txt", "😀.txt", "\uffe3.txt"];
    proxy.intercept = () => page(names.map(key).join(""));
    expect(pathsOf(await backend.ls("/"))).toEqual(["/a.txt", "/\uffe3.txt", "/😀.txt"]);
  });

  it("with keys that are no UTF-8, no path and no file shows the others", async () => {
    const backend = await openThrough(proxy, bucket, { prefix: "fake" });
    const names = ["%FF%FE.txt", "a.txt", "b//c.txt", "d/../e.txt", "%07.txt", "marker/", ""];
    proxy.intercept = () => page(`<EncodingType>url</EncodingType>${names.map(key).join("")}`);
    expect(pathsOf(await backend.glob("**"))).toEqual(["/a.txt"]);
  });

  it.each<[string, Answer]>([
    ["that goes on without saying where", page(key("a.txt")).body as never],
    ["that goes on where it began", page(key("a.txt"), "again")],
  ])("%s is an error, and no shorter or endless list", async (_, answer) => {
    const backend = await openThrough(proxy, bucket, { prefix: "fake", maxAttempts: 2 });
    const endless =
      typeof answer === "string" ? { status: 200, body: `${answer}`.replace("false", "true") } : answer;
    proxy.intercept = () => endless;
    for (const said of [
      await backend.ls("/"),
      await backend.glob("**"),
      await backend.grep("x"),
      await backend.delete("/"),
    ]) {
      expect(said).toEqual({ error: expect.stringContaining("without a usable continuation token") });
    }
  });
});
