import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { mapConcurrent } from "../src/connection/map-concurrent.js";
import type { S3Backend, S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { line, recordRequests } from "./helpers/requests.js";

const bucket = useBucket();
const requests = recordRequests();

/** A backend under a prefix of its own, whose requests are recorded. */
const recorded = (prefix: string, options: Partial<S3BackendOptions> = {}) =>
  bucket.backend({ prefix, clientConfig: { extensions: [requests.extension] }, ...options });

/** The same, made ready. */
async function ready(prefix: string, options: Partial<S3BackendOptions> = {}): Promise<S3Backend> {
  const backend = recorded(prefix, options);
  await backend.initialize();
  return backend;
}

/** A client of the caller's on these extensions, with the SDK's own settings. */
function client(endpoint: string, ...extensions: (typeof requests.extension)[]): S3Client {
  const { region, accessKeyId, secretAccessKey } = bucket.connection;
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, extensions });
}

const text = (path: string, content = "x\n"): [string, Uint8Array] => [path, Buffer.from(content)];

describe("initialization", () => {
  it("sends one LIST, plus the probe for the first backend of a process and bucket", async () => {
    const sent = await requests.sentDuring(() => recorded("first").initialize());
    const probe = sent.slice(1);
    const count = (kind: string) => probe.filter((request) => request.kind === kind).length;
    expect(sent[0]).toMatchObject({ kind: "LIST", key: "first/" });
    // Two writers for each of three keys, and two for one of them again; then one more for each other key.
    expect(count("PUT")).toBe(12);
    expect(count("DELETE")).toBe(5);
    // No key is a burst: some stores take one write of a key a second.
    const keys = probe.filter(({ kind }) => kind === "PUT").map(({ key }) => key);
    for (const key of keys) expect(keys.filter((other) => other === key).length).toBeLessThanOrEqual(4);
    expect(await requests.during(() => recorded("second").initialize())).toEqual(["LIST second/"]);
  });

  it("runs once, with the first operation", async () => {
    const backend = recorded("third");
    const both = () => Promise.all([backend.read("/a.txt"), backend.read("/b.txt")]);
    expect(await requests.during(both)).toEqual([
      "GET third/a.txt 404",
      "GET third/b.txt 404",
      "LIST third/",
    ]);
    expect(await requests.during(both)).toEqual(["GET third/a.txt 404", "GET third/b.txt 404"]);
  });

  it.each([
    ["https://s3.us-east-1.amazonaws.com", true],
    ["https://vpce-1a2b3c4d.s3.us-east-1.vpce.amazonaws.com", true],
    ["https://s3.cn-north-1.amazonaws.com.cn", true],
    ["https://s3.fakeamazonaws.com", false],
    ["https://s3.amazonaws.com.example.org", false],
  ])("sends no probe to AWS, recognized by %s: %s", async (endpoint, isAws) => {
    const { protocol, hostname, port } = new URL(bucket.connection.endpointUrl);
    // Redirects the requests for this endpoint to the tests' store.
    const redirect: typeof requests.extension = {
      configure(configuration) {
        const handler = configuration.httpHandler();
        const handle = handler.handle.bind(handler);
        handler.handle = (request, options) =>
          handle(Object.assign(request, { protocol, hostname, port: Number(port) }), options);
      },
    };
    const backend = bucket.backend({ prefix: "aws", client: client(endpoint, redirect, requests.extension) });
    const lines = await requests.during(() => backend.initialize());
    expect(lines.filter((line) => !line.includes("deepagents-remote-probe"))).toEqual(["LIST aws/"]);
    if (isAws) expect(lines).toHaveLength(1);
    // A store that refuses `d/f` beside `d` is asked less.
    else expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: isAws });
  });
});

describe("requests of one operation", () => {
  it("read: one GET, without a body when the file is known", async () => {
    const [backend, other] = [await ready("read"), await ready("read")];
    await other.write("/a.txt", "one\n");
    expect(await requests.during(() => backend.read("/a.txt"))).toEqual(["GET read/a.txt"]);
    for (const method of ["read", "readRaw"] as const) {
      expect(await requests.during(() => backend[method]("/a.txt"))).toEqual(["GET read/a.txt 304"]);
    }
    expect(await requests.during(() => backend.downloadFiles(["/a.txt"]))).toEqual(["GET read/a.txt 304"]);
    // A backend has its own writes in its cache.
    expect(await requests.during(() => other.read("/a.txt"))).toEqual(["GET read/a.txt 304"]);
    expect(await requests.during(() => backend.read("/none.txt"))).toEqual(["GET read/none.txt 404"]);
  });

  it("write, if a file may also be a directory: one conditional PUT", async () => {
    const backend = await ready("allow", { pathConflicts: "allow" });
    const sent = await requests.sentDuring(() => backend.write("/d/a.txt", "x"));
    expect(sent.map(line)).toEqual(["PUT allow/d/a.txt"]);
    expect(sent[0]!.headers["if-none-match"]).toBe("*");
    // After a refusal the file is looked at: the write may have been made before, or have the same content.
    expect(await requests.during(() => backend.write("/d/a.txt", "y"))).toEqual([
      "GET allow/d/a.txt",
      "HEAD allow/d/a.txt",
      "PUT allow/d/a.txt 412",
    ]);
  });

  it("write, if it may not: first a LIST of the directory, and a HEAD of each unknown parent", async () => {
    const backend = await ready("refuse", { pathConflicts: "refuse" });
    expect(await requests.during(() => backend.write("/d/e/a.txt", "x"))).toEqual([
      "HEAD refuse/d 404",
      "HEAD refuse/d/e 404",
      "LIST refuse/d/e/ /",
      "PUT refuse/d/e/a.txt",
    ]);
    // From then on, one PUT.
    expect(await requests.during(() => backend.write("/d/e/b.txt", "x"))).toEqual(["PUT refuse/d/e/b.txt"]);
    expect(await requests.during(() => backend.write("/d/f/c.txt", "x"))).toEqual([
      "HEAD refuse/d/f 404",
      "LIST refuse/d/f/ /",
      "PUT refuse/d/f/c.txt",
    ]);
    // A directory of its own files is known, whenever its parent was listed.
    expect(await requests.during(() => backend.write("/g.txt", "x"))).toEqual([
      "LIST refuse/ /",
      "PUT refuse/g.txt",
    ]);
    await backend.write("/h/i.txt", "x");
    expect((await backend.write("/h", "x")).error).toContain("'/h/i.txt' is in the way");
    await backend.delete("/d/f");
    expect(await requests.during(() => backend.write("/d/e/c.txt", "x"))).toEqual([
      "HEAD refuse/d 404",
      "HEAD refuse/d/e 404",
      "LIST refuse/d/e/ /",
      "PUT refuse/d/e/c.txt",
    ]);
  });

  it("write in a directory of more subdirectories than a page lists: a LIST under its own name", async () => {
    const directories = Array.from({ length: 1_001 }, (_, i) => `crowded/${i}/a.txt`);
    const put = (Key: string) => new PutObjectCommand({ Bucket: bucket.name, Key, Body: "x" });
    await mapConcurrent(directories, 50, (key) => bucket.client.send(put(key)));
    const backend = await ready("crowded", { pathConflicts: "refuse" });
    expect(await requests.during(() => backend.write("/a.txt", "x"))).toEqual([
      "LIST crowded/ /",
      "LIST crowded/a.txt/",
      "PUT crowded/a.txt",
    ]);
    expect(await requests.during(() => backend.write("/b.txt", "x"))).toEqual([
      "LIST crowded/b.txt/",
      "PUT crowded/b.txt",
    ]);
    expect((await backend.write("/1000", "x")).error).toContain("'/1000/a.txt' is in the way");
  });

  it("edit: one PUT when the file is known, else a GET before it", async () => {
    const [backend, other] = [await ready("edit"), await ready("edit")];
    await backend.write("/a.txt", "n");
    const sent = await requests.sentDuring(() => backend.edit("/a.txt", "n", "n+"));
    expect(sent.map(line)).toEqual(["PUT edit/a.txt"]);
    expect(sent[0]!.headers["if-match"]).toMatch(/^"\w+"$/);
    expect(await requests.during(() => other.edit("/a.txt", "n", "n+"))).toEqual([
      "GET edit/a.txt",
      "PUT edit/a.txt",
    ]);
    // A copy that is out of date is refused by the store.
    expect(await requests.during(() => backend.edit("/a.txt", "n", "n+"))).toEqual([
      "GET edit/a.txt",
      "HEAD edit/a.txt",
      "PUT edit/a.txt",
      "PUT edit/a.txt 412",
    ]);
    expect((await other.read("/a.txt")).content).toBe("n+++");
  });

  it("edit in format raw: a HEAD too, since an ETag cannot distinguish two writes of equal text", async () => {
    const backend = await ready("edit-raw", { format: "raw" });
    await backend.write("/a.txt", "n");
    expect(await requests.during(() => backend.edit("/a.txt", "n", "n+"))).toEqual([
      "HEAD edit-raw/a.txt",
      "PUT edit-raw/a.txt",
    ]);
  });

  it("upload of a new file: one PUT, on the condition that there is none", async () => {
    const backend = await ready("upload-new", { pathConflicts: "allow" });
    const sent = await requests.sentDuring(() => backend.uploadFiles([text("/d/a.txt", "one")]));
    expect(sent.map(line)).toEqual(["PUT upload-new/d/a.txt"]);
    expect(sent[0]!.headers["if-none-match"]).toBe("*");
    const refuse = await ready("upload-new", { pathConflicts: "refuse" });
    expect(await requests.during(() => refuse.uploadFiles([text("/d/b.txt")]))).toEqual([
      "HEAD upload-new/d 404",
      "LIST upload-new/d/ /",
      "PUT upload-new/d/b.txt",
    ]);
  });

  it("upload of a cached file: one PUT that replaces only that version, in format raw a HEAD before it", async () => {
    for (const format of ["json", "raw"] as const) {
      const prefix = `upload-cached-${format}`;
      const backend = await ready(prefix, { format });
      await backend.write("/d/a.txt", "one");
      const sent = await requests.sentDuring(() => backend.uploadFiles([text("/d/a.txt", "two")]));
      const put = `PUT ${prefix}/d/a.txt`;
      expect(sent.map(line)).toEqual(format === "json" ? [put] : [`HEAD ${prefix}/d/a.txt`, put]);
      expect(sent.at(-1)!.headers["if-match"]).toMatch(/^"\w+"$/);
    }
  });

  it("upload of a file that another backend has changed or deleted since: a HEAD and a PUT more", async () => {
    const options = { pathConflicts: "allow" } as const;
    const [backend, other] = [await ready("upload-stale", options), await ready("upload-stale", options)];
    await backend.write("/a.txt", "one");
    await other.edit("/a.txt", "one", "two");
    const upload = () => backend.uploadFiles([text("/a.txt", "three")]);
    expect(await requests.during(upload)).toEqual([
      "HEAD upload-stale/a.txt",
      "PUT upload-stale/a.txt",
      "PUT upload-stale/a.txt 412",
    ]);
    await other.delete("/a.txt");
    expect(await requests.during(upload)).toEqual([
      "HEAD upload-stale/a.txt 404",
      "PUT upload-stale/a.txt",
      "PUT upload-stale/a.txt 404",
    ]);
    expect((await other.read("/a.txt")).content).toBe("three");
  });

  it("upload over unknown files: a HEAD and a PUT, after one refused PUT of the first", async () => {
    const options = { pathConflicts: "refuse", concurrency: 1 } as const;
    const files = ["/d/a.txt", "/d/b.txt", "/d/c.txt"].map((path) => text(path));
    await (await ready("upload-known")).uploadFiles(files);
    const backend = await ready("upload-known", { ...options, cacheBytes: 0 });
    expect(await requests.during(() => backend.uploadFiles(files))).toEqual([
      "HEAD upload-known/d 404",
      "HEAD upload-known/d/a.txt",
      "HEAD upload-known/d/b.txt",
      "HEAD upload-known/d/c.txt",
      "LIST upload-known/d/ /",
      "PUT upload-known/d/a.txt",
      "PUT upload-known/d/a.txt 412",
      "PUT upload-known/d/b.txt",
      "PUT upload-known/d/c.txt",
    ]);
    // Files that were written by this backend are there; others probably are like the last one.
    const again = [...files.slice(0, 1), text("/d/d.txt"), text("/d/e.txt"), ...files.slice(1, 2)];
    expect(await requests.during(() => backend.uploadFiles(again))).toEqual([
      "HEAD upload-known/d/a.txt",
      "HEAD upload-known/d/b.txt",
      "HEAD upload-known/d/d.txt 404",
      "PUT upload-known/d/a.txt",
      "PUT upload-known/d/b.txt",
      "PUT upload-known/d/d.txt",
      "PUT upload-known/d/e.txt",
    ]);
  });

  it("upload of over a megabyte: a HEAD before it, instead of a PUT that may be refused", async () => {
    const backend = await ready("upload-large", { pathConflicts: "allow" });
    const large = text("/a.txt", "x".repeat(1024 * 1024 + 1));
    expect(await requests.during(() => backend.uploadFiles([large]))).toEqual([
      "HEAD upload-large/a.txt 404",
      "PUT upload-large/a.txt",
    ]);
  });

  it("are the same with a client of the caller's", async () => {
    const own = client(bucket.connection.endpointUrl, requests.extension);
    const backend = bucket.backend({ prefix: "own", pathConflicts: "allow", client: own });
    expect(await requests.during(() => backend.initialize())).toEqual(["LIST own/"]);
    expect(await requests.during(() => backend.write("/a.txt", "n"))).toEqual(["PUT own/a.txt"]);
    expect(await requests.during(() => backend.edit("/a.txt", "n", "n+"))).toEqual(["PUT own/a.txt"]);
    expect(await requests.during(() => backend.read("/a.txt"))).toEqual(["GET own/a.txt 304"]);
    own.destroy();
  });

  it("delete of a file: HEAD and LIST together, DELETE, and a LIST of possibly hidden descendants", async () => {
    const backend = await ready("delete");
    await backend.write("/a.txt", "x");
    // Both come or none is answered.
    requests.meet(2, "HEAD", "LIST");
    const sent = await requests.sentDuring(() => backend.delete("/a.txt"));
    expect(sent.slice(0, 2).map(line).sort()).toEqual(["HEAD delete/a.txt", "LIST delete/a.txt/"]);
    expect(sent.slice(2).map(line)).toEqual(["DELETE delete/a.txt", "LIST delete/a.txt/"]);
    expect(await requests.during(() => backend.delete("/a.txt"))).toEqual([
      "HEAD delete/a.txt 404",
      "LIST delete/a.txt/",
    ]);
  });
});

describe("listings and searches", () => {
  beforeAll(async () => {
    const paths = ["/src/a/1.ts", "/src/a/2.ts", "/src/a/2.md", "/src/b/1.ts", "/src-old/1.ts", "/top.ts"];
    const files = paths.map((path) => text(path, "needle\n"));
    expect(await bucket.backend({ prefix: "tree" }).uploadFiles(files)).toHaveLength(6);
  });

  it.each<[pattern: string, path: string | undefined, prefix: string]>([
    ["**", undefined, "tree/"],
    ["src/a/*.ts", undefined, "tree/src/a/"],
    ["/src/a/2*", undefined, "tree/src/a/2"],
    ["a/**", "/src", "tree/src/a"],
    ["*.ts", "/src", "tree/src/"],
    ["{a,b}/1.ts", "/src", "tree/src/"],
    ["top.ts", "/", "tree/top.ts"],
  ])("glob of %s in %s lists under %s alone", async (pattern, path, prefix) => {
    const backend = await ready("tree");
    expect(await requests.during(() => backend.glob(pattern, path))).toEqual([`LIST ${prefix}`]);
  });

  it.each<[path: string, glob: string | null, lines: string[]]>([
    ["/", "src/a/*.ts", ["GET tree/src/a/1.ts", "GET tree/src/a/2.ts", "LIST tree/src/a/"]],
    ["/src", "b/*", ["GET tree/src/b/1.ts", "LIST tree/src/b/"]],
    ["/src/a", "*.md", ["GET tree/src/a/2.md", "LIST tree/src/a/"]],
    // The path may be that of a file.
    ["/src/b", null, ["GET tree/src/b 404", "GET tree/src/b/1.ts", "LIST tree/src/b/"]],
    ["/top.ts", null, ["GET tree/top.ts", "LIST tree/top.ts/"]],
  ])("grep in %s for %s fetches and lists no more than that", async (path, glob, lines) => {
    const backend = await ready("tree");
    expect(await requests.during(() => backend.grep("needle", path, glob))).toEqual(lines);
  });

  it("a second grep fetches only changed files", async () => {
    const backend = await ready("tree");
    const all = await requests.during(() => backend.grep("needle"));
    expect(all.filter((each) => each.startsWith("GET"))).toHaveLength(6);
    expect(await requests.during(() => backend.grep("another"))).toEqual(["LIST tree/"]);
    await bucket.backend({ prefix: "tree" }).edit("/src/b/1.ts", "needle", "needle changed");
    const again = async () => {
      expect((await backend.grep("changed")).matches).toEqual([
        { path: "/src/b/1.ts", line: 1, text: "needle changed" },
      ]);
    };
    expect(await requests.during(again)).toEqual(["GET tree/src/b/1.ts", "LIST tree/"]);
  });
});

describe("many files", () => {
  const names = Array.from({ length: 2_500 }, (_, i) => `f${String(i).padStart(5, "0")}.txt`);
  const concurrency = 8;

  beforeAll(async () => {
    const put = (name: string) => ({ Bucket: bucket.name, Key: `many/d/${name}`, Body: "x\n" });
    await mapConcurrent(names, 50, (name) => bucket.client.send(new PutObjectCommand(put(name))));
  });

  it("are uploaded in parallel, up to the concurrency", async () => {
    const backend = await ready("uploads", { pathConflicts: "allow", concurrency });
    const some = names.slice(0, 40);
    // Fewer at a time would never meet.
    requests.meet(concurrency, "PUT");
    const lines = await requests.during(() => backend.uploadFiles(some.map((name) => text(`/d/${name}`))));
    expect(lines).toEqual(some.map((name) => `PUT uploads/d/${name}`));
    expect(requests.peak).toBe(concurrency);
  });

  it("are uploaded after one lookup of their directory and its parents", async () => {
    const backend = await ready("looked-up", { pathConflicts: "refuse", concurrency });
    const some = names.slice(0, 40);
    const lines = await requests.during(() => backend.uploadFiles(some.map((name) => text(`/d/e/${name}`))));
    const ofFiles = some.flatMap((name) => [`HEAD looked-up/d/e/${name}`, `PUT looked-up/d/e/${name}`]);
    expect(lines.filter((sent) => !ofFiles.some((own) => sent.startsWith(own)))).toEqual([
      "HEAD looked-up/d 404",
      "HEAD looked-up/d/e 404",
      "LIST looked-up/d/e/ /",
    ]);
  });

  it("are listed by 1,000 in one directory, whatever its descendants", async () => {
    const backend = await ready("many");
    expect(await requests.during(() => backend.ls("/"))).toEqual(["LIST many/ /"]);
    const list = async () => expect((await backend.ls("/d")).files).toHaveLength(2_500);
    expect(await requests.during(list)).toEqual(Array(3).fill("LIST many/d/ /"));
    expect(await requests.during(() => backend.glob("**/*.md"))).toEqual(Array(3).fill("LIST many/"));
  });

  it("are downloaded in parallel, up to the concurrency", async () => {
    const backend = await ready("many", { concurrency });
    const some = names.slice(0, 40);
    requests.meet(concurrency, "GET");
    const lines = await requests.during(() => backend.downloadFiles(some.map((name) => `/d/${name}`)));
    expect(lines).toEqual(some.map((name) => `GET many/d/${name}`));
    expect(requests.peak).toBe(concurrency);
  });

  it("are downloaded again with one LIST, and a GET of each that has changed or is gone", async () => {
    const [backend, other] = [await ready("many", { concurrency }), await ready("many")];
    const some = names.slice(900, 940);
    const paths = some.map((name) => `/d/${name}`);
    const download = async () =>
      (await backend.downloadFiles(paths)).map(({ content }) => content && Buffer.from(content).toString());
    await download();
    expect(await requests.during(download)).toEqual(["LIST many/d/"]);
    await other.edit(paths[3]!, "x", "y");
    await other.delete(paths[4]!);
    const lines = await requests.during(async () => {
      const contents = await download();
      expect(contents.slice(2, 6)).toEqual(["x\n", "y\n", null, "x\n"]);
    });
    expect(lines).toEqual([`GET many${paths[3]}`, `GET many${paths[4]} 404`, "LIST many/d/"]);
    await other.write(paths[4]!, "x\n");
    await other.edit(paths[3]!, "y", "x");
  });

  it("are downloaded again one by one if they are few, or scattered over a listing", async () => {
    const backend = await ready("many", { concurrency });
    const few = names.slice(0, 12).map((name) => `/d/${name}`);
    await backend.downloadFiles(few);
    const again = await requests.during(() => backend.downloadFiles(few));
    expect(again).toEqual(few.map((path) => `GET many${path} 304`));
    // The first page has twelve of them.
    const scattered = [...few, ...names.slice(2_400, 2_410).map((name) => `/d/${name}`)];
    await backend.downloadFiles(scattered);
    const lines = await requests.during(() => backend.downloadFiles(scattered));
    expect(lines).toEqual([...scattered.slice(12).map((path) => `GET many${path} 304`), "LIST many/d/"]);
  });

  it("are searched in parallel, up to the concurrency, and no further than the last match", async () => {
    const backend = await ready("many", { concurrency });
    requests.meet(concurrency, "GET");
    const search = async () => {
      const { matches, truncated } = await backend.grep("x", "/", "*.txt", 20);
      expect(truncated).toBe(true);
      expect(matches!.map(({ path }) => path)).toEqual(names.slice(0, 20).map((name) => `/d/${name}`));
    };
    const lines = await requests.during(search);
    // A first fetch of 16 files, a second of 32.
    expect(lines).toEqual([...names.slice(0, 48).map((name) => `GET many/d/${name}`), "LIST many/"]);
    expect(requests.peak).toBe(concurrency);
  });

  it("are deleted by 1,000", async () => {
    const backend = await ready("many");
    const sent = await requests.sentDuring(() => backend.delete("/d"));
    expect(sent.slice(0, 2).map(line).sort()).toEqual(["HEAD many/d 404", "LIST many/d/"]);
    expect(sent.slice(2).map(line)).toEqual([
      ...["DELETE MANY", "LIST many/d/", "DELETE MANY", "LIST many/d/", "DELETE MANY"],
      // Nothing was hidden behind them.
      "LIST many/d/",
    ]);
    expect((await backend.glob("**")).files).toEqual([]);
  });
});
