import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { FileDataV2 } from "@deepagents-remote/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { S3Backend } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { objectsOf, type RawObject } from "./helpers/objects.js";
import { describeOnMinio } from "./helpers/on-minio.js";
import { recordRequests } from "./helpers/requests.js";

const bucket = useBucket();
const objects = objectsOf(bucket);

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ID = /^[\w-]{22}$/;
const LONG_AGO = "2020-01-02T03:04:05.678Z";

/** Text with everything that a form might change. */
const TEXT = '\ufeffone\r\ntwo\u2028\u0085\ttwo "\\" \0\n\n漢字😀\n\n';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe]);

const envelopeOf = ({ body }: RawObject) => JSON.parse(body.toString()) as Record<string, unknown>;
const idsOf = ({ metadata }: RawObject) => metadata["deepagents-writes"]!.split(".");
const json = (value: unknown) => JSON.stringify(value);

describe("the stored form", () => {
  it("is the envelope of the Python package for text", async () => {
    const backend = bucket.backend({ prefix: "json" });
    await backend.write("/a.md", "one\ntwo\n");
    const object = await objects.get("json/a.md");
    const { created_at } = envelopeOf(object) as { created_at: string };
    expect(created_at).toMatch(ISO);
    expect(object).toEqual({
      body: Buffer.from(json({ content: ["one", "two", ""], created_at, modified_at: created_at })),
      contentType: "application/json",
      metadata: { "deepagents-format": "json", "deepagents-writes": expect.stringMatching(ID) },
    });
    await backend.uploadFiles([["/b.txt", Buffer.from(TEXT)]]);
    expect(envelopeOf(await objects.get("json/b.txt")).content).toEqual(TEXT.split("\n"));
    await backend.write("/empty.txt", "");
    expect(envelopeOf(await objects.get("json/empty.txt")).content).toEqual([]);
  });

  it("is the text itself in format raw", async () => {
    const backend = bucket.backend({ prefix: "raw", format: "raw" });
    await backend.write("/a.md", TEXT);
    expect(await objects.get("raw/a.md")).toEqual({
      body: Buffer.from(TEXT),
      contentType: "text/markdown; charset=utf-8",
      metadata: {
        "deepagents-format": "text",
        "deepagents-writes": expect.stringMatching(ID),
        "deepagents-created": expect.stringMatching(ISO),
      },
    });
    await backend.write("/empty.txt", "");
    expect((await objects.get("raw/empty.txt")).body).toHaveLength(0);
    const sizes = (await backend.ls("/")).files?.map(({ path, size }) => [path, size]);
    expect(sizes).toEqual([
      ["/a.md", Buffer.byteLength(TEXT)],
      ["/empty.txt", 0],
    ]);
  });

  it.each<[path: string, bytes: Buffer, type: string]>([
    ["/a.png", PNG, "image/png"],
    ["/a.txt", PNG, "application/octet-stream"],
    ["/a.bin", Buffer.from("a\0b"), "application/octet-stream"],
    ["/a.pdf", Buffer.from("%PDF"), "application/pdf"],
    ["/empty.png", Buffer.alloc(0), "image/png"],
  ])("is the bytes themselves for %s", async (path, bytes, contentType) => {
    await bucket.backend({ prefix: "bytes" }).uploadFiles([[path, bytes]]);
    expect(await objects.get(`bytes${path}`)).toEqual({
      body: bytes,
      contentType,
      metadata: {
        "deepagents-format": "bytes",
        "deepagents-writes": expect.stringMatching(ID),
        "deepagents-created": expect.stringMatching(ISO),
      },
    });
  });

  it.each(["json", "raw"] as const)("is read back unchanged in format %s", async (format) => {
    const [writer, reader] = [bucket.backend({ prefix: "same", format }), bucket.backend({ prefix: "same" })];
    const files: [string, Buffer][] = [
      ["/text.md", Buffer.from(TEXT)],
      ["/image.png", PNG],
      ["/empty.txt", Buffer.alloc(0)],
      ["/no-newline", Buffer.from("x")],
    ];
    await writer.uploadFiles(files);
    for (const backend of [writer, reader]) {
      const downloads = await backend.downloadFiles(files.map(([path]) => path));
      expect(downloads.map(({ content }) => Buffer.from(content!))).toEqual(files.map(([, bytes]) => bytes));
      expect((await backend.readRaw("/text.md")).data?.content).toBe(TEXT);
    }
  });

  it("carries less than 1,900 bytes of ASCII metadata: the last 64 ids, always the first one", async () => {
    const backend = bucket.backend({ prefix: "ids", format: "raw" });
    await backend.write("/漢字.txt", "n");
    const [first] = idsOf(await objects.get("ids/漢字.txt"));
    for (let i = 0; i < 70; i++) await backend.edit("/漢字.txt", "n", "n+");
    const object = await objects.get("ids/漢字.txt");
    const ids = idsOf(object);
    expect(ids).toHaveLength(64);
    expect(new Set(ids).size).toBe(64);
    expect(ids.at(-1)).toBe(first);
    const carried = Object.entries(object.metadata).flat().join("");
    expect(carried).toMatch(/^[\x20-\x7e]+$/);
    expect(carried.length).toBeLessThan(1_900);
  });
});

describe("the form of a file", () => {
  it.each([
    ["json", "raw"],
    ["raw", "json"],
  ] as const)(
    "stays %s when it is edited in format %s, and changes when it is replaced",
    async (made, format) => {
      const prefix = `form-${made}`;
      await bucket.backend({ prefix, format: made }).write("/a.txt", "n\n");
      const isEnvelope = async () => (await objects.get(`${prefix}/a.txt`)).body.toString().startsWith("{");
      const backend = bucket.backend({ prefix, format });
      await backend.edit("/a.txt", "n", "m");
      expect((await backend.read("/a.txt")).content).toBe("m\n");
      expect(await isEnvelope()).toBe(made === "json");
      await backend.uploadFiles([["/a.txt", Buffer.from("new\n")]]);
      expect((await backend.read("/a.txt")).content).toBe("new\n");
      expect(await isEnvelope()).toBe(format === "json");
    },
  );

  const ours = (format: string) => ({
    Metadata: { "deepagents-format": format, "deepagents-created": LONG_AGO, "deepagents-writes": "" },
  });

  it.each([
    ["json", json({ content: ["n"], created_at: LONG_AGO, modified_at: LONG_AGO })],
    ["text", "n"],
  ])("%s keeps the time of creation in an edit, and not in a replacement", async (format, body) => {
    const key = `created/${format}.txt`;
    await objects.put(key, body, ours(format));
    const backend = bucket.backend({ prefix: "created" });
    const times = async () => (await backend.readRaw(`/${format}.txt`)).data as FileDataV2;
    const start = new Date().toISOString();
    expect(await times()).toMatchObject({ content: "n", created_at: LONG_AGO });
    await backend.edit(`/${format}.txt`, "n", "m");
    expect(await times()).toMatchObject({ content: "m", created_at: LONG_AGO });
    expect((await times()).modified_at >= start).toBe(true);
    await backend.uploadFiles([[`/${format}.txt`, Buffer.from("n")]]);
    expect((await times()).created_at >= start).toBe(true);
  });
});

describe("sizes in listings", () => {
  const text = "é".repeat(500);
  const sizes = async (backend: S3Backend) => {
    const [{ files: listed = [] }, { files: found }] = [await backend.ls("/"), await backend.glob("*")];
    expect(found).toEqual(listed);
    return Object.fromEntries(listed.map(({ path, size, stored_size }) => [path, [size, stored_size]]));
  };
  const fill = (backend: S3Backend) =>
    backend.uploadFiles([
      ["/a.md", Buffer.from(text)],
      ["/b.png", PNG],
      ["/c.bin", Buffer.alloc(300, 255)],
    ]);

  it("are those of files that were written or read, else sizes that no envelope can have, else none", async () => {
    const writer = bucket.backend({ prefix: "sizes" });
    await fill(writer);
    const all = { "/a.md": 1_000, "/b.png": PNG.length, "/c.bin": 300 };
    const asKnown = Object.fromEntries(Object.entries(all).map(([path, size]) => [path, [size, undefined]]));
    expect(await sizes(writer)).toEqual(asKnown);
    const { body } = await objects.get("sizes/a.md");
    const reader = bucket.backend({ prefix: "sizes", cacheBytes: 0 });
    const unknown = { "/a.md": [undefined, body.length], "/c.bin": [undefined, 300] };
    expect(await sizes(reader)).toEqual({ ...asKnown, ...unknown });
    await reader.grep("é");
    expect(await sizes(reader)).toEqual(asKnown);
    // Somebody else's change is no longer what was read.
    await bucket.backend({ prefix: "sizes" }).edit("/a.md", "éé", "e", true);
    expect((await sizes(reader))["/a.md"]).toEqual([undefined, expect.any(Number)]);
  });

  it("are all there in the form raw", async () => {
    await fill(bucket.backend({ prefix: "raw-sizes", format: "raw" }));
    const reader = bucket.backend({ prefix: "raw-sizes", format: "raw" });
    expect((await sizes(reader))["/a.md"]).toEqual([1_000, undefined]);
  });
});

describe("foreign envelopes", () => {
  const times = { created_at: LONG_AGO, modified_at: "2021-01-02T03:04:05.123456+00:00" };
  const put = (name: string, value: object) =>
    objects.put(`envelopes/${name}`, json({ ...value, ...times }), { ContentType: "application/json" });
  const backend = bucket.backend({ prefix: "envelopes", format: "raw" });

  it("keep foreign fields when they are edited", async () => {
    const extra = { mimeType: "text/markdown", tags: ["a", { b: null }], "": 0 };
    const body = json({ ...extra, content: ["n"], ...times }).replace("{", '{"__proto__":{"polluted":true},');
    await objects.put("envelopes/extra.md", body, { ContentType: "application/json; charset=utf-8" });
    for (const [from, to] of [
      ["n", "m"],
      ["m", "o\n"],
    ] as const) {
      expect(await backend.edit("/extra.md", from, to)).toMatchObject({ occurrences: 1 });
    }
    const object = await objects.get("envelopes/extra.md");
    expect(object.body.toString()).toContain('"__proto__":{"polluted":true}');
    expect(envelopeOf(object)).toMatchObject({ ...extra, content: ["o", ""], created_at: LONG_AGO });
    expect({}).not.toHaveProperty("polluted");
  });

  it("have the times of their content", async () => {
    await put("times.md", { content: [] });
    expect((await backend.readRaw("/times.md")).data).toEqual({
      content: "",
      mimeType: "text/markdown",
      created_at: LONG_AGO,
      modified_at: "2021-01-02T03:04:05.123Z",
    });
  });

  it("may hold one string, as deepagents writes them, and base64 for bytes", async () => {
    await put("v2.txt", { content: "one\ntwo\n", mimeType: "text/plain" });
    await put("v2.png", { content: PNG.toString("base64"), encoding: "base64", mimeType: "image/png" });
    expect((await backend.read("/v2.txt")).content).toBe("one\ntwo\n");
    expect((await backend.readRaw("/v2.png")).data).toMatchObject({
      content: new Uint8Array(PNG),
      mimeType: "image/png",
    });
    expect((await backend.edit("/v2.png", "a", "b")).error).toContain("is binary");
    expect(await backend.edit("/v2.txt", "two", "three")).toMatchObject({ occurrences: 1 });
    expect(envelopeOf(await objects.get("envelopes/v2.txt"))).toMatchObject({
      content: ["one", "three", ""],
      mimeType: "text/plain",
    });
  });
});

describe("envelopes whose metadata and content type are lost", () => {
  const backend = bucket.backend({ prefix: "restored" });
  const text = 'one\n"two" \\n \\\\n { [\n';
  const python = (content: string[], time: string) =>
    `{"content": ${JSON.stringify(content).replaceAll('","', '", "')}, "created_at": "${time}", "modified_at": "${time}"}`;

  const lines = text.split("\n");
  it.each<[string, string]>([
    ["ours", json({ content: lines, created_at: LONG_AGO, modified_at: LONG_AGO })],
    ["Python's", python(lines, "2020-01-02T03:04:05.678901+00:00")],
    ["Python's without a fraction", python(lines, "2020-01-02T03:04:05+00:00")],
    [
      "large",
      json({ content: [...lines, "x".repeat(3_000_000)], created_at: LONG_AGO, modified_at: LONG_AGO }),
    ],
  ])("are read and edited as text: %s", async (_, body) => {
    for (const type of [undefined, "binary/octet-stream", "text/markdown"]) {
      const name = `${Math.random()}.${type === "text/markdown" ? "md" : "json"}`;
      await objects.put(`restored/${name}`, body, { ContentType: type });
      const { data } = await backend.readRaw(`/${name}`);
      expect(data?.content.slice(0, text.length)).toBe(text);
      expect(data?.created_at.startsWith("2020-01-02T03:04:05.")).toBe(true);
      expect(await backend.edit(`/${name}`, "one", "1")).toMatchObject({ occurrences: 1 });
      const object = await objects.get(`restored/${name}`);
      expect(object.metadata["deepagents-format"]).toBe("json");
      expect(envelopeOf(object)).toMatchObject({ content: ["1", ...JSON.parse(body).content.slice(1)] });
    }
  });

  it("are empty files too", async () => {
    await objects.put("restored/empty.txt", python([], "2020-01-02T03:04:05+00:00"));
    expect((await backend.readRaw("/empty.txt")).data?.content).toBe("");
  });

  it("are not confused with files stored in their form", async () => {
    const copy = Buffer.from(json({ content: ["x"], created_at: LONG_AGO, modified_at: LONG_AGO }));
    await backend.uploadFiles([["/copy.json", copy]]);
    expect((await backend.downloadFiles(["/copy.json"]))[0]?.content).toEqual(copy);
  });
});

describe("foreign objects", () => {
  const times = { created_at: LONG_AGO, modified_at: LONG_AGO };
  const looks = (value: object) => json({ content: ["needle"], ...times, ...value });
  const gzip = Buffer.from("H4sIAAAAAAAAA8tLTU3JSQUAXz7J/AYAAAA=", "base64");

  /** Name, body, content type, and whether it is text: the body as it is. */
  const foreign: [name: string, body: string | Buffer, type: string | undefined, isText: boolean][] = [
    ["array.json", '["needle"]', "application/json", true],
    ["broken.json", '{"content": ["needle"]', "application/json", true],
    ["deep.json", `${"[".repeat(50_000)}"needle"`, "application/json", true],
    ["empty.json", "", "application/json", true],
    ["envelope.bin", looks({ more: 1 }), "application/octet-stream", true],
    ["post.json", json({ id: 7, content: "needle", ...times }), "application/json", true],
    ["other-order.json", json({ ...times, content: ["needle"] }), "application/json", true],
    ["pretty.json", JSON.stringify(JSON.parse(looks({})), null, 2), "application/json", true],
    ["seconds.json", looks({ modified_at: "2020-01-02T03:04:05Z" }), "application/json", true],
    ["more-keys.json", looks({}).replace("}", ', "title": "x"}'), "application/json", true],
    ["paragraphs.json", looks({ content: ["needle\nmore", "x"] }), "application/json", true],
    ["bytes.json", looks({ content: "bmVlZGxl", encoding: "base64" }), "application/json", true],
    ["lines-and-numbers.json", looks({ content: ["needle", 1] }), "application/json", true],
    ["no-content.json", json({ ...times, text: "needle" }), "application/json", true],
    ["no-times.json", json({ content: ["needle"] }), "application/json", true],
    ["null.json", "null", "application/json", true],
    ["page.html", "<p>needle</p>", "text/html", true],
    ["some-day.json", looks({ created_at: "some day" }), "application/json", true],
    ["strange-base64.json", looks({ content: "needle", encoding: "base64" }), "application/json", true],
    [
      "table.parquet",
      Buffer.from("PAR1\0\xff needle PAR1", "latin1"),
      "application/vnd.apache.parquet",
      false,
    ],
    ["utf16.txt", Buffer.from("\ufeffneedle", "utf16le"), "text/plain", false],
    ["video.ts", "needle", "video/mp2t", true],
    ["zipped.json", gzip, "application/json", false],
  ];
  const backend = bucket.backend({ prefix: "foreign" });
  beforeAll(async () => {
    for (const [name, body, ContentType] of foreign) {
      await objects.put(`foreign/${name}`, body, {
        ContentType,
        ...(name === "zipped.json" && { ContentEncoding: "gzip" }),
      });
    }
    await objects.put("foreign/lies.json", "{}", { Metadata: { "deepagents-format": "json" } });
    await objects.put("foreign/lies.txt", PNG, { Metadata: { "deepagents-format": "text" } });
    await objects.put("foreign/odd.txt", "needle", { Metadata: { "deepagents-format": "xml" } });
  });

  it.each(foreign)("%s keeps its bytes and form", async (name, body, _, isText) => {
    const path = `/${name}`;
    const [download] = await backend.downloadFiles([path]);
    expect(Buffer.compare(download!.content!, Buffer.from(body as string))).toBe(0);
    const { data } = await backend.readRaw(path);
    expect(data!.content).toEqual(isText ? body : new Uint8Array(body as Buffer));
    expect(data!.created_at).toBe(data!.modified_at);
    const read = await backend.read(path);
    const edit = await backend.edit(path, "not there", "");
    if (isText) {
      expect(read.content).toBe(body || "System reminder: File exists but has empty contents");
      expect(edit.error).toContain("String not found");
    } else {
      expect(read).toEqual({
        error: expect.stringMatching(
          new RegExp(
            `^File '${path}' is .*\\(application/octet-stream, ${body.length} bytes\\) and cannot be shown`,
          ),
        ),
      });
      expect(edit.error).toContain("is binary");
    }
  });

  it("do not break a listing or a search", async () => {
    const all = [...foreign.map(([name]) => `/${name}`), "/lies.json", "/lies.txt", "/odd.txt"].sort();
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(all);
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(all);
    const { matches } = await backend.grep("needle");
    const found = foreign.filter(([, body, , isText]) => isText && body.includes("needle"));
    expect(matches?.filter(({ line }) => line > 0).map(({ path }) => path)).toEqual(
      [...found.map(([name]) => `/${name}`), "/odd.txt"].sort(),
    );
    const skipped = matches?.filter(({ line }) => line === 0).map(({ path }) => path);
    expect(skipped).toEqual(["/lies.json", "/lies.txt"]);
  });

  describe("keep what other programs gave them", () => {
    const EXPIRES = new Date("2030-01-02T03:04:05.000Z");
    const kept = {
      CacheControl: "no-store",
      ContentDisposition: 'attachment; filename="a.html"',
      ContentLanguage: "de",
      ExpiresString: EXPIRES.toUTCString(),
    };
    const store = (name: string) =>
      objects.put(`foreign/${name}`, "<p>old</p>", {
        ...kept,
        Expires: EXPIRES,
        ContentType: "application/xhtml+xml",
        ContentEncoding: "identity",
        Metadata: { owner: "me", "review-state": "open" },
      });
    const head = async (name: string) => {
      const Key = `foreign/${name}`;
      return bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key }));
    };
    const isKept = async (name: string) => {
      const object = await head(name);
      expect(object).toMatchObject(kept);
      expect(object.Metadata).toMatchObject({ owner: "me", "review-state": "open" });
      expect(object.Metadata).toHaveProperty("deepagents-writes");
      return object;
    };

    it("in repeated edits", async () => {
      await store("edited.html");
      const cached = bucket.backend({ prefix: "foreign" });
      for (const [editor, from, to] of [
        [backend, "old", "new"],
        [backend, "new", "newer"],
        [cached, "newer", "newest"],
      ] as const) {
        expect(await editor.edit("/edited.html", from, to)).toMatchObject({ occurrences: 1 });
        const { ContentType, ContentEncoding } = await isKept("edited.html");
        expect(ContentType).toBe("application/xhtml+xml; charset=utf-8");
        expect(ContentEncoding).toBe("identity");
      }
      expect((await objects.get("foreign/edited.html")).body.toString()).toBe("<p>newest</p>");
    });

    it("except what describes the bytes, when they are replaced", async () => {
      const overwriting = bucket.backend({ prefix: "foreign", writeMode: "overwrite" });
      for (const replace of [
        () => overwriting.write("/replaced.html", "<p>new</p>"),
        () => overwriting.uploadFiles([["/replaced.html", Buffer.from("<p>newer</p>")]]),
      ]) {
        await store("replaced.html");
        await replace();
        const { ContentType, ContentEncoding } = await isKept("replaced.html");
        expect(ContentType).toBe("application/json");
        expect(ContentEncoding).not.toBe("identity");
      }
    });

    afterAll(() => Promise.all(["/edited.html", "/replaced.html"].map((path) => backend.delete(path))));
  });

  it("that only claim to be ours are refused, and can be replaced", async () => {
    for (const path of ["/lies.json", "/lies.txt"]) {
      const message = "The object's body does not match its metadata.";
      expect((await backend.read(path)).error).toBe(`Cannot read '${path}': ${message}`);
      expect((await backend.edit(path, "a", "b")).error).toContain(message);
      expect(await backend.downloadFiles([path])).toEqual([
        { path, content: null, error: "permission_denied", message },
      ]);
      expect((await backend.write(path, "x")).error).toContain("already exists");
      expect(await backend.uploadFiles([[path, Buffer.from("x")]])).toEqual([{ path, error: null }]);
      expect((await backend.read(path)).content).toBe("x");
    }
  });
});

describeOnMinio("settings of the bucket", () => {
  const requests = recordRequests();
  const clientConfig = { extensions: [requests.extension] };

  it("reach every object: storageClass", async () => {
    const backend = bucket.backend({ prefix: "class", storageClass: "REDUCED_REDUNDANCY" });
    await backend.write("/a.txt", "n");
    await backend.edit("/a.txt", "n", "m");
    const head = new HeadObjectCommand({ Bucket: bucket.name, Key: "class/a.txt" });
    expect((await bucket.client.send(head)).StorageClass).toBe("REDUCED_REDUNDANCY");
  });

  it.each<[Record<string, string>, Record<string, string>]>([
    [{ serverSideEncryption: "AES256" }, { "x-amz-server-side-encryption": "AES256" }],
    [
      { serverSideEncryption: "aws:kms", kmsKeyId: "alias/key" },
      {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/key",
      },
    ],
  ])("reach every PUT: %j", async (options, headers) => {
    // The tests' server has no keys and refuses; only the requests matter.
    const backend = bucket.backend({ prefix: "sse", conditionalWrites: "assume", clientConfig, ...options });
    const sent = await requests.sentDuring(async () => {
      expect((await backend.write("/a.txt", "x")).error).toBeDefined();
      expect(await backend.uploadFiles([["/b.png", PNG]])).toMatchObject([{ error: "permission_denied" }]);
    });
    const puts = sent.filter(({ kind }) => kind === "PUT");
    expect(puts.map(({ key }) => key)).toEqual(["sse/a.txt", "sse/b.png"]);
    for (const put of puts) expect(put.headers).toMatchObject(headers);
  });

  it("reach every request: expectedBucketOwner", async () => {
    const expectedBucketOwner = "123456789012";
    const backend = bucket.backend({ prefix: "owner", clientConfig, expectedBucketOwner });
    const sent = await requests.sentDuring(async () => {
      await backend.uploadFiles(["/a.txt", "/b.txt"].map((path) => [path, Buffer.from("n")]));
      await backend.edit("/a.txt", "n", "m");
      await backend.read("/a.txt");
      await backend.delete("/a.txt");
      await backend.uploadFiles(["/a.txt", "/b.txt"].map((path) => [path, Buffer.from("n")]));
      await backend.delete("/");
    });
    expect(new Set(sent.map(({ kind }) => kind))).toEqual(
      new Set(["LIST", "HEAD", "PUT", "GET", "DELETE", "DELETE MANY"]),
    );
    for (const { headers } of sent) expect(headers["x-amz-expected-bucket-owner"]).toBe(expectedBucketOwner);
  });
});
