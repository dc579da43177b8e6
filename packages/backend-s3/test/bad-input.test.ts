import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { refusals } from "./helpers/refusals.js";
import { type Answer, type Asked, failure, S3Proxy, withBody } from "./helpers/s3-proxy.js";

const bucket = useBucket();
let proxy: S3Proxy;

beforeAll(async () => {
  proxy = await S3Proxy.start(bucket.connection.endpointUrl);
});
afterAll(() => proxy.stop());
beforeEach(() => proxy.reset());

/** A backend in a part of the bucket of its own. */
const under = (prefix: string, options: Partial<S3BackendOptions> = {}) =>
  bucket.backend({ prefix, ...options });

/** The same behind the proxy, made ready. */
async function through(prefix: string, options: Partial<S3BackendOptions> = {}): Promise<S3Backend> {
  const backend = under(prefix, { endpointUrl: proxy.endpointUrl, ...options });
  await backend.initialize();
  proxy.reset();
  return backend;
}

const fill = async (backend: S3Backend, ...files: readonly (readonly [path: string, text: string])[]) =>
  expect(await backend.uploadFiles(files.map(([path, text]) => [path, Buffer.from(text)]))).toEqual(
    files.map(([path]) => ({ path, error: null })),
  );

const bytesOf = async (backend: S3Backend, path: string) => {
  const [answer] = await backend.downloadFiles([path]);
  return answer?.content && Buffer.from(answer.content);
};

const pathsOf = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

/** What is stored in a part of the bucket, to see that nothing changed. */
const snapshot = async (prefix: string) => {
  const { Contents = [] } = await bucket.client.send(
    new ListObjectsV2Command({ Bucket: bucket.name, Prefix: `${prefix}/` }),
  );
  return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
};

describe("a path", () => {
  it.each([
    ["with a '.' segment", "/d/./a.txt", "may not be '.'"],
    ["with a '..' segment", "/d/../a.txt", "may not be '..'"],
    ["with a control character", "/d/a\n.txt", "control characters"],
    ["with NUL", "/d/\0", "control characters"],
    ["with half of a surrogate pair", "/d/\ud83d.txt", "half of a surrogate pair"],
    // 1,025 bytes with the namespace and the prefix: `tenant/` has 7, `paths/` 6.
    ["of more than 1,024 bytes", `/${"é".repeat(506)}`, "too long: with its namespace it has 1019 bytes"],
  ])("%s is refused by every method", async (_, path, reason) => {
    const backend = under("paths", { namespace: ["tenant"] });
    await backend.write("/a.txt", "x");
    const before = await snapshot("paths");
    for (const said of Object.values(await refusals(backend, path))) expect(said).toContain(reason);
    expect(await snapshot("paths")).toEqual(before);
  });

  it("that is refused is `invalid_path`, and the other files of its batch are served", async () => {
    const backend = under("batch");
    const paths = ["/first.txt", "/a/../b", "/\ud83d", "/\u001b", "/a".repeat(600), "/last.txt"];
    const errors = [null, "invalid_path", "invalid_path", "invalid_path", "invalid_path", null];
    const stored = await backend.uploadFiles(paths.map((path) => [path, Buffer.from("x")]));
    expect(stored.map(({ error }) => error)).toEqual(errors);
    const fetched = await backend.downloadFiles(paths);
    expect(fetched.map(({ path, error }) => [path, error])).toEqual(
      paths.map((path, i) => [path, errors[i]]),
    );
    expect(pathsOf(await backend.ls("/"))).toEqual(["/first.txt", "/last.txt"]);
  });

  it("with a name that the store cannot hold is told, and the other files of its batch are served", async () => {
    const backend = under("names");
    const long = `/${"n".repeat(256)}.txt`;
    const reason = /The store cannot hold a file of that name/;
    for (const path of [long, `/d${long}`, `${long}/a.txt`]) {
      const error = expect.stringMatching(reason);
      for (const answer of [
        await backend.write(path, "x"),
        await backend.read(path),
        await backend.edit(path, "x", "y"),
        await backend.delete(path),
      ]) {
        expect(answer).toEqual({ error });
      }
      const paths = ["/before.txt", path, "/later.txt"];
      const errors = [null, "invalid_path", null];
      const stored = await backend.uploadFiles(paths.map((each) => [each, Buffer.from("x")]));
      expect(stored.map((answer) => answer.error)).toEqual(errors);
      expect(stored[1]).toMatchObject({ message: error });
      expect((await backend.downloadFiles(paths)).map((answer) => answer.error)).toEqual(errors);
      expect(pathsOf(await backend.glob("**"))).toEqual(["/before.txt", "/later.txt"]);
    }
  });
});

describe("text", () => {
  it.each(["json", "raw"] as const)("with NUL and halves of surrogate pairs, as %s", async (format) => {
    const backend = under(`text-${format}`, { format });
    await backend.write("/a.txt", "one\0\ntwo\ud83d");
    expect((await backend.readRaw("/a.txt")).data?.content).toBe("one\0\ntwo\ufffd");
    expect((await backend.grep("\0")).matches).toEqual([{ path: "/a.txt", line: 1, text: "one\0" }]);
    expect(await backend.edit("/a.txt", "\0", "\ude00")).toMatchObject({ occurrences: 1 });
    expect((await under(`text-${format}`).readRaw("/a.txt")).data?.content).toBe("one\ufffd\ntwo\ufffd");
    const half = Buffer.from([0xed, 0xa0, 0xbd]);
    await backend.uploadFiles([["/half.txt", half]]);
    expect(await bytesOf(backend, "/half.txt")).toEqual(half);
  });

  it.each([
    [-1, 1, { content: "1" }],
    [Number.NaN, 2, { content: "1\n2" }],
    [0, Number.POSITIVE_INFINITY, { content: "1\n2\n3\n" }],
    [1, 2 ** 60, { content: "2\n3\n" }],
    [0, -1, { content: "" }],
    [1e308, 1e308, { error: "Line offset 1e+308 exceeds file length (3 lines)" }],
  ])("is read from line %d, %d lines", async (offset, limit, expected) => {
    const backend = under("numbers");
    await fill(backend, ["/a.txt", "1\n2\n3\n"]);
    expect(await backend.read("/a.txt", offset, limit)).toMatchObject(expected);
  });

  it("is found by patterns and globs, or these are refused", async () => {
    const backend = under("patterns");
    await fill(backend, ["/a.txt", "one\n\ntwo\n"], [`/${"a".repeat(250)}`, "x"], ["/[", "x"]);
    expect((await backend.grep("", "/a.txt")).matches?.map(({ text }) => text)).toEqual(["one", "", "two"]);
    expect(await backend.grep("one\n")).toEqual({ matches: [] });
    expect(await backend.grep("x", "/", null, -1)).toEqual({ matches: [], truncated: true });
    expect(pathsOf(await backend.glob(`${"*a".repeat(13)}*`))).toEqual([`/${"a".repeat(250)}`]);
    expect(pathsOf(await backend.glob(`${"*a".repeat(13)}*b`))).toEqual([]);
    expect(pathsOf(await backend.glob("["))).toEqual(["/["]);
    for (const pattern of ["a".repeat(65_537), "{1..99999999}", "a\0*", "*.ts\n*.js", "\ud83d*", 7, ["*"]]) {
      const refused = {
        error: expect.stringMatching(/at most 1,024|more than 1,000|control|surrogate|must be/),
      };
      expect(await backend.glob(pattern as string)).toEqual(refused);
      expect(await backend.grep("x", "/", pattern as string)).toEqual(refused);
    }
    expect(await backend.grep(7 as never)).toEqual({ error: expect.stringContaining("must be a string") });
  });

  it("of 17 MB of newlines is stored, read, searched and downloaded", async () => {
    const lines = 17 * 1024 * 1024;
    const backend = under("newlines");
    expect(await backend.uploadFiles([["/a.txt", Buffer.alloc(lines, "\n")]])).toMatchObject([
      { error: null },
    ]);
    expect(await backend.read("/a.txt", lines - 1, 5)).toMatchObject({ content: "\n", totalLines: lines });
    expect(await backend.grep("")).toMatchObject({ truncated: true });
    // Not by `toEqual`, which looks at each byte.
    const fresh = await bytesOf(under("newlines"), "/a.txt");
    expect(fresh?.equals(Buffer.alloc(lines, "\n"))).toBe(true);
  });
});

describe("content", () => {
  it("of a binary file is not edited, and what is no base64 is not written", async () => {
    const backend = under("binary");
    await backend.uploadFiles([["/a.png", Buffer.from([0x89, 0x50, 0, 0xff])]]);
    const before = await snapshot("binary");
    expect((await backend.edit("/a.png", "a", "b")).error).toContain("is binary");
    for (const content of ["a picture of a cat", "iVBORw0KGgo", "aGk=aGk=", "data:image/png;base64,?"]) {
      expect((await backend.write("/x.png", content)).error).toContain("must be base64");
    }
    expect(await snapshot("binary")).toEqual(before);
  });

  it("over maxFileBytes is refused, and the other files of its batch are stored", async () => {
    const backend = under("large", { maxFileBytes: 1_000 });
    await backend.write("/full.txt", "é".repeat(500));
    const before = await snapshot("large");
    expect((await backend.write("/a.txt", "x".repeat(1_001))).error).toContain("would have 1001 bytes");
    expect((await backend.edit("/full.txt", "é", "éx", true)).error).toContain("would have 1500 bytes");
    expect(await snapshot("large")).toEqual(before);
    const sizes = [1_000, 1_001, 1_000];
    const files = sizes.map((size, i): [string, Uint8Array] => [`/${i}.txt`, Buffer.alloc(size, "x")]);
    const answers = await backend.uploadFiles(files);
    expect(answers.map(({ error }) => error)).toEqual([null, "permission_denied", null]);
    expect(pathsOf(await backend.glob("?.txt"))).toEqual(["/0.txt", "/2.txt"]);
  });

  it.each(["\n", "\0", "\u001b", '"', "é"])(
    "of maxFileBytes of %j is read although its envelope is larger",
    async (character) => {
      const bytes = Buffer.byteLength(character);
      const backend = () => under("envelope", { maxFileBytes: 60_000 * bytes });
      const content = character.repeat(60_000);
      expect(await backend().uploadFiles([["/a.txt", Buffer.from(content)]])).toMatchObject([
        { error: null },
      ]);
      expect((await backend().readRaw("/a.txt")).data?.content === content).toBe(true);
    },
  );
});

describe("a batch", () => {
  it("with 100 MB of text that no envelope can hold is stored as it is", async () => {
    const large = Buffer.alloc(100 * 1024 * 1024, 1);
    const files: [string, Uint8Array][] = [
      ["/a.txt", Buffer.from("x")],
      ["/b.txt", large],
      ["/c.txt", Buffer.from("x")],
    ];
    const stored = await under("endless").uploadFiles(files);
    expect(stored.map(({ error }) => error)).toEqual([null, null, null]);
    expect((await bytesOf(under("endless"), "/b.txt"))?.equals(large)).toBe(true);
  });

  it("of 300 files, some bad and some twice, is answered in order", async () => {
    const backend = under("many", { clash: "allow" });
    const paths = Array.from({ length: 300 }, (_, i) => {
      if (i % 100 === 50) return `/bad/../${i}`;
      // Twice: the second one wins.
      return i % 100 === 51 ? `/d/${i - 10}.txt` : `/d/${i}.txt`;
    });
    const good = new Map(paths.flatMap((path, i) => (path.includes("..") ? [] : [[path, `${i}`]])));
    const errors = paths.map((path) => [path, good.has(path) ? null : "invalid_path"]);
    const stored = await backend.uploadFiles(paths.map((path, i) => [path, Buffer.from(`${i}`)]));
    expect(stored.map(({ path, error }) => [path, error])).toEqual(errors);
    const fetched = await backend.downloadFiles(paths);
    expect(fetched.map(({ path, error }) => [path, error])).toEqual(errors);
    expect(fetched.map(({ content }) => content && Buffer.from(content).toString())).toEqual(
      paths.map((path) => good.get(path) ?? null),
    );
  });
});

const isGet =
  (key: string) =>
  ({ method, url }: Asked) =>
    method === "GET" && url.split("?")[0]!.endsWith(`/${key}`);
const isList = ({ url }: Asked) => url.includes("list-type=2");
const isBatch = ({ method, url }: Asked) => method === "POST" && url.includes("delete");

describe("an object that cannot be had", () => {
  const SIX_GB = 6_000_000_000;
  const archived = failure(403, "InvalidObjectState");
  /** Of 6 GB, if it were read: it says so, sends a little, and waits. */
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
    ["because it is archived", () => archived, /The object is archived; restore it to read it\./],
    ["because it has 6 GB", () => huge, /The file has 6000000000 bytes, and up to 1000000 are read/],
    ["because it never ends", () => endless("text/plain"), /The file has over 1000000 bytes/],
    ["because it never ends, as JSON", () => endless("application/json"), /The file has over \d+ bytes/],
  ])("%s is told, and the search goes on", async (name, answer, words) => {
    const prefix = `object-${name.replaceAll(/\W+/g, "-")}`;
    const backend = await through(prefix, { maxFileBytes: 1_000_000, operationTimeoutMs: 10_000 });
    await fill(under(prefix), ["/a.txt", "needle"], ["/b.txt", "needle"], ["/c.txt", "needle"]);
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
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(["/a.txt", "/c.txt"]);
    expect((await backend.ls("/")).files?.find(({ path }) => path === "/b.txt")?.size).toBe(SIX_GB);
    expect(sent).toBeLessThan(50_000_000);
    // It can be replaced and deleted.
    expect(await backend.uploadFiles([["/b.txt", Buffer.from("new")]])).toMatchObject([{ error: null }]);
    expect(await backend.delete("/b.txt")).not.toHaveProperty("error");
  });
});

describe("a store that says yes and means no", () => {
  const error = (code: string) => failure(200, code);

  it.each<[string, Answer]>([
    ["an error", error("InternalError")],
    ["a page", { status: 200, body: "<html><body></body></html>" }],
  ])("to a PUT, with %s, is asked again, and the change is not called made", async (name, answer) => {
    const prefix = `yes-put-${name.replaceAll(" ", "-")}`;
    const backend = await through(prefix);
    let isFirst = true;
    proxy.intercept = (asked, forward) => {
      if (asked.method !== "PUT" || !isFirst) return forward();
      isFirst = false;
      return answer;
    };
    expect(await backend.write("/a.txt", "x")).toEqual({ path: "/a.txt", filesUpdate: null });
    proxy.intercept = (asked, forward) => (asked.method === "PUT" ? answer : forward());
    expect((await backend.write("/b.txt", "x")).error).toContain("unknown whether the change was made");
    expect(pathsOf(await under(prefix).ls("/"))).toEqual(["/a.txt"]);
  });

  it.each<[string, (asked: Asked) => Answer]>([
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
    "to a deletion, with %s: what it did not delete is deleted singly, and again where that fails",
    async (name, answer) => {
      const prefix = `yes-delete-${name.replaceAll(/\W+/g, "-")}`;
      const backend = await through(prefix);
      await fill(under(prefix), ["/d/a.txt", "x"], ["/d/b.txt", "x"], ["/d/c.txt", "x"], ["/e.txt", "x"]);
      const busy = new Set<string>();
      proxy.intercept = (asked, forward) => {
        if (isBatch(asked)) return answer(asked);
        if (asked.method !== "DELETE" || busy.has(asked.url)) return forward();
        busy.add(asked.url);
        return failure(503, "SlowDown");
      };
      expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
      expect(await snapshot(prefix)).toHaveLength(1);
    },
  );

  it.each([
    ["MissingContentMD5", failure(400, "MissingContentMD5")],
    ["NotImplemented", failure(501, "NotImplemented")],
    ["MethodNotAllowed", failure(405, "MethodNotAllowed")],
  ])("or refuses deletions of many with %s: they are deleted singly", async (name, answer) => {
    const backend = await through(name);
    await fill(under(name), ["/d/a.txt", "x"], ["/d/b.txt", "x"], ["/e.txt", "x"]);
    proxy.intercept = (asked, forward) => (isBatch(asked) ? answer : forward());
    expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
    expect(await snapshot(name)).toHaveLength(1);
  });
});

describe("a listing", () => {
  const escapeXml = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
  /** Alters the keys and prefixes of listings. */
  const rewrite = (name: string, alter: (text: string) => string) => {
    const seen: string[] = [];
    proxy.intercept = async (asked, forward) => {
      const answer = await forward();
      if (!isList(asked)) return answer;
      const body = `${answer.body}`.replaceAll(
        /(<(?:Key|Prefix)>)(.*?)(?=<)/g,
        (_, tag, text) => tag + alter(text),
      );
      seen.push(body);
      return withBody(
        answer,
        name === "keys as they are" ? body.replace(/<EncodingType>.*?<\/EncodingType>/, "") : body,
      );
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
  const tokenOf = ({ url }: Asked) => new URL(url, proxy.endpointUrl).searchParams.get("continuation-token");

  it.each<[string, (text: string) => string]>([
    ["keys as they are", (text) => escapeXml(decode(text))],
    ["spaces as +", (text) => text.replaceAll("%20", "+")],
    ["spaces as %20", (text) => text.replaceAll("+", "%20")],
    ["slashes as %2F", (text) => text.replaceAll("/", "%2F")],
    [
      "all of it encoded",
      (text) =>
        [...Buffer.from(decode(text))].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
    ],
  ])("with %s shows the same files", async (name, alter) => {
    const prefix = `list ${name}`;
    const backend = await through(prefix);
    const paths = ["/%41 b+c%.txt", "/& <é>.txt", "/a b/c+d.txt"];
    await fill(under(prefix), ...paths.map((path) => [path, "needle"] as const));
    const seen = rewrite(name, alter);
    expect(pathsOf(await backend.ls("/"))).toEqual(["/%41 b+c%.txt", "/& <é>.txt", "/a b/"]);
    expect(pathsOf(await backend.glob("**"))).toEqual(paths);
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(paths);
    expect(seen).toHaveLength(3);
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await snapshot(prefix)).toEqual([]);
  });

  it("that repeats directories on its next page shows each once", async () => {
    const backend = await through("fake");
    proxy.intercept = (asked) =>
      tokenOf(asked) === null
        ? page(key("a.txt") + directory("d") + directory("e"), "next")
        : page(key("z.txt") + directory("e") + directory("f"));
    expect(pathsOf(await backend.ls("/"))).toEqual(["/a.txt", "/d/", "/e/", "/f/", "/z.txt"]);
  });

  it("in the order of UTF-16 shows all, in the order of code points", async () => {
    const backend = await through("fake");
    const names = ["a.txt", "😀.txt", "\uffe3.txt"];
    proxy.intercept = () => page(names.map(key).join(""));
    expect(pathsOf(await backend.ls("/"))).toEqual(["/a.txt", "/\uffe3.txt", "/😀.txt"]);
  });

  it("with keys that are no UTF-8, no path and no file shows the others", async () => {
    const backend = await through("fake");
    const names = ["%FF%FE.txt", "a.txt", "b//c.txt", "d/../e.txt", "%07.txt", "marker/", ""];
    proxy.intercept = () => page(`<EncodingType>url</EncodingType>${names.map(key).join("")}`);
    expect(pathsOf(await backend.glob("**"))).toEqual(["/a.txt"]);
  });

  it.each<[string, Answer]>([
    ["that goes on without saying where", page(key("a.txt")).body as never],
    ["that goes on where it began", page(key("a.txt"), "again")],
  ])("%s is an error, and no shorter or endless list", async (_, answer) => {
    const backend = await through("fake", { maxRetries: 2 });
    const endless =
      typeof answer === "string" ? { status: 200, body: `${answer}`.replace("false", "true") } : answer;
    proxy.intercept = () => endless;
    for (const said of [
      await backend.ls("/"),
      await backend.glob("**"),
      await backend.grep("x"),
      await backend.delete("/"),
    ]) {
      expect(said).toEqual({ error: expect.stringContaining("without saying where it goes on") });
    }
  });
});

describe("an answer without an ETag", () => {
  const withoutEtag = ({ headers, ...answer }: Answer) => ({
    ...answer,
    headers: { ...headers, etag: undefined },
  });

  it("is enough where it says that nothing has changed", async () => {
    const backend = await through("no-etag");
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
    const backend = await through("no-etag", { cacheBytes: 0, maxRetries: 2 });
    proxy.intercept = async (_, forward) => withoutEtag(await forward());
    for (const said of [
      await backend.read("/a.txt"),
      (await backend.uploadFiles([["/a.txt", Buffer.from("y")]]))[0],
    ]) {
      expect(JSON.stringify(said)).toMatch(/is it S3|unknown whether/);
    }
    expect(await under("no-etag").read("/a.txt")).toMatchObject({ content: "x" });
  });
});
