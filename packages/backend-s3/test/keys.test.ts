import { compareCodePoints } from "@deepagents-remote/core/adapter";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { flatStoreClient } from "./helpers/flat-store.js";
import { objectsOf } from "./helpers/objects.js";
import { describeOnMinio, isMinio } from "./helpers/on-minio.js";

const bucket = useBucket();
const flat = useBucket();
const objects = objectsOf(bucket);

describe("ordinary paths", () => {
  const odd = [
    ...[" a  b ", "a+b", "100%", "%2F", "%zz", 'it\'s "so"', "a\\b\\", "a*b**", "what?", "[a-z]{b,c}", "~a~"],
    ...[
      "a&b=c?d#e",
      "<a>&lt;",
      "$1",
      "日本語",
      "שלום",
      "😀",
      "caf\u00e9",
      "cafe\u0301",
      "a\u2028b",
      "a\u0085b",
    ],
    ...["\ufeffa", "\uffe3", "a\uffff", "a\ufffe", ".hidden", "...", "trailing.", "con:", "a|b", "^_`"],
  ];
  // Other stores may list what XML cannot carry as something else.
  const listable = odd.filter((name) => isMinio || !/[\ufffe\uffff]/.test(name));
  const long = Array.from({ length: 5 }, (_, i) => `${i}`.repeat(200)).join("/");
  const names = [...listable, ...listable.map((name) => `dir ${name}/${name}`)];

  it("are returned unchanged by every method, and are the keys of the bucket", async () => {
    const prefix = "pre fix+%2F é";
    const backend = bucket.backend({ prefix, namespace: ["a/b%", "😀"] });
    const paths = names.map((name) => `/${name}`).sort(compareCodePoints);
    const writes = await Promise.all(paths.map((path) => backend.write(path, `text of ${path}\n`)));
    expect(writes).toEqual(paths.map((path) => ({ path, filesUpdate: null })));
    const keys = await objects.keys(prefix);
    expect(keys.sort(compareCodePoints)).toEqual(paths.map((path) => `${prefix}/a%2Fb%25/😀${path}`));

    const top = [...listable.map((name) => `/${name}`), ...listable.map((name) => `/dir ${name}/`)];
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(top.sort(compareCodePoints));
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(paths);
    expect((await backend.grep("text of ")).matches).toEqual(
      paths.map((path) => ({ path, line: 1, text: `text of ${path}` })),
    );
    const reads = await Promise.all(paths.map((path) => backend.read(path)));
    expect(reads.map(({ content }) => content)).toEqual(paths.map((path) => `text of ${path}\n`));
    const edits = await Promise.all(paths.map((path) => backend.edit(path, "text of", "words of")));
    expect(edits.map(({ occurrences }) => occurrences)).toEqual(paths.map(() => 1));
    const downloads = await backend.downloadFiles(paths);
    expect(downloads.map(({ content }) => Buffer.from(content!).toString())).toEqual(
      paths.map((path) => `words of ${path}\n`),
    );
    const some = paths.filter((_, i) => i % 2 === 0);
    await Promise.all(some.map((path) => backend.delete(path)));
    const rest = paths.filter((_, i) => i % 2 === 1);
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(rest);
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await objects.keys(prefix)).toEqual([]);
  });

  it("have up to 1,024 bytes with prefix and namespace, and not one more", async () => {
    const backend = bucket.backend({ prefix: "long", namespace: ["é"] });
    // "long/é/" has 8 bytes.
    const path = `/${long}/`.padEnd(1_017, "f");
    expect(await backend.write(path, "needle")).toEqual({ path, filesUpdate: null });
    const [key] = await objects.keys("long");
    expect(Buffer.byteLength(key!)).toBe(1_024);
    expect((await backend.read(path)).content).toBe("needle");
    expect((await backend.grep("needle")).matches).toEqual([{ path, line: 1, text: "needle" }]);
    expect((await backend.write(`${path}f`, "x")).error).toContain(
      "1020 bytes of UTF-8, and 1019 are allowed",
    );
    expect(await backend.delete(path)).toEqual({ path, filesUpdate: null });
  });
});

describeOnMinio("a name that the store cannot hold", () => {
  const long = "n".repeat(256);
  const tooLong = /The store cannot hold a file of that name; MinIO allows at most 255 bytes/;
  const dots = /The store cannot hold a file of that name; MinIO refuses '.' and '..'/;

  it.each<[pathConflicts: "refuse" | "allow", paths: string[], sentence: RegExp]>([
    ["refuse", [`/${long}`, `/${long}/f.txt`, `/d/${long}.txt`], tooLong],
    ["allow", [`/${long}`, `/${long}/f.txt`, `/d/${long}.txt`], tooLong],
    ["refuse", ["/ .", "/.. /f.txt", "/a\\..", "/a\\./b"], dots],
    ["allow", ["/ .", "/.. /f.txt", "/a\\..", "/a\\./b"], dots],
  ])(
    "is refused by each method with the reason (pathConflicts: %s, %#)",
    async (pathConflicts, paths, sentence) => {
      const prefix = `${sentence === dots ? "dots" : "long"}-${pathConflicts}`;
      const backend = bucket.backend({ prefix, pathConflicts });
      const failure = { error: expect.stringMatching(sentence) };
      for (const path of paths) {
        const answers = await Promise.all([
          backend.read(path),
          backend.readRaw(path),
          backend.write(path, "x"),
          backend.edit(path, "x", "y"),
          backend.delete(path),
        ]);
        for (const answer of answers) expect(answer).toEqual(failure);
        const invalid = { error: "invalid_path", message: expect.stringMatching(sentence) };
        const kept: [string, Uint8Array] = ["/kept.txt", Buffer.from("kept")];
        expect(await backend.uploadFiles([[path, Buffer.from("x")], kept])).toEqual([
          { path, ...invalid },
          { path: "/kept.txt", error: null },
        ]);
        expect(await backend.downloadFiles([path, "/kept.txt"])).toMatchObject([
          { path, content: null, ...invalid },
          { path: "/kept.txt", error: null },
        ]);
        // A prefix may be longer than any name, and then there is nothing.
        expect(await backend.ls(path)).toEqual(sentence === dots ? failure : { files: [] });
        expect(await backend.glob("**", path)).toEqual(sentence === dots ? failure : { files: [] });
        expect(await backend.grep("x", path)).toEqual(sentence === dots ? failure : { matches: [] });
      }
      expect(await objects.keys(`${prefix}/`)).toEqual([`${prefix}/kept.txt`]);
    },
  );

  it("has up to 255 bytes", async () => {
    const backend = bucket.backend({ prefix: "short" });
    const path = `/${"é".repeat(127)}n/${"n".repeat(255)}`;
    expect(await backend.write(path, "x")).toEqual({ path, filesUpdate: null });
    expect((await backend.glob("**")).files).toMatchObject([{ path }]);
  });
});

describe("a glob whose literal start is no name", () => {
  it.each(["", "d/"])("lists the directory %j", async (directory) => {
    const backend = bucket.backend({ prefix: "dotted", namespace: [`in ${directory}`] });
    const names = [".a", ".b/c.txt", "..d", "e.txt", " .f", "..g/.h"];
    await backend.uploadFiles(names.map((name) => [`/${directory}${name}`, Buffer.from("needle")]));
    const found = async (pattern: string) => {
      const { files, error } = await backend.glob(directory + pattern);
      return error ?? files?.map(({ path }) => path.slice(1 + directory.length));
    };
    expect(await found(".*")).toEqual(["..d", ".a"]);
    expect(await found(".[a-z]*")).toEqual([".a"]);
    expect(await found(".*/*")).toEqual(["..g/.h", ".b/c.txt"]);
    expect(await found("..*")).toEqual(["..d"]);
    expect(await found("..*/.*")).toEqual(["..g/.h"]);
    expect(await found(" .*")).toEqual([" .f"]);
    const { matches = [] } = await backend.grep("needle", "/", `${directory}.*`);
    // Without a slash a glob is one of names, in every directory.
    expect(matches).toHaveLength(directory === "" ? 3 : 2);
  });
});

describe("names that MinIO and VersityGW use themselves", () => {
  const reserved = [
    "a__XLDIR__",
    "a__XLDIR__/f.txt",
    "d/__XLDIR__",
    ".sgwtmp",
    "d/.sgwtmp/f.txt",
    ".sgwtmp/f",
  ];
  const ordinary = ["a__XLDIR__b", "x.sgwtmp", ".sgwtmp.1", ".minio.sys/f", "xl.meta", "d/xl.meta", "part.1"];
  const sentence = /The store cannot hold a file of that name: MinIO and VersityGW use/;

  it.each(["refuse", "allow"] as const)(
    "are refused before they are lost (pathConflicts: %s)",
    async (pathConflicts) => {
      const backend = bucket.backend({ prefix: `reserved-${pathConflicts}`, pathConflicts });
      for (const name of reserved) {
        expect((await backend.write(`/${name}`, "x")).error).toMatch(sentence);
        expect(await backend.uploadFiles([[`/${name}`, Buffer.of(1)]])).toMatchObject([
          { error: "invalid_path" },
        ]);
      }
      expect(await objects.keys(`reserved-${pathConflicts}/`)).toEqual([]);
      expect((await backend.withNamespace([".sgwtmp"]).write("/f.txt", "x")).error).toMatch(sentence);
    },
  );

  it("are the only refused ones: all others are listed, and deleted with their directory", async () => {
    const backend = bucket.backend({ prefix: "unreserved" });
    const paths = ordinary.map((name) => `/${name}`).sort(compareCodePoints);
    for (const path of paths) expect(await backend.write(path, "x")).not.toHaveProperty("error");
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(paths);
    expect(await backend.delete("/")).not.toHaveProperty("error");
    for (const path of paths) expect((await backend.read(path)).error).toContain("not found");
  });

  it("are accepted by a store without such names", async () => {
    const client = flatStoreClient(flat);
    const backend = flat.backend({ client });
    for (const name of ["d/a__XLDIR__/f", "d/.sgwtmp", "d/.sgwtmp/f"]) {
      expect(await backend.write(`/${name}`, "x")).not.toHaveProperty("error");
    }
    client.destroy();
  });
});

describeOnMinio("foreign keys that no path can name", () => {
  const unreachable = [
    "a\u0001b.txt",
    "tab\there",
    "new\nline",
    "return\rhere",
    "delete\u007f",
    "d/\u0001/f.txt",
  ];
  const markers = ["marker/", "marker/nested/", "d/marker/"];
  const backend = bucket.backend({ prefix: "foreign" });
  const fill = async () => {
    for (const key of [...unreachable, "f.txt", "d/f.txt", "\u0001/\u0002/f.txt"]) {
      await objects.put(`foreign/${key}`, "needle\n");
    }
    for (const key of markers) await objects.put(`foreign/${key}`, "");
  };
  beforeAll(fill);

  it("are skipped by listings and searches, as folder markers are", async () => {
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/d/", "/f.txt", "/marker/"]);
    expect((await backend.ls("/d")).files?.map(({ path }) => path)).toEqual(["/d/f.txt", "/d/marker/"]);
    expect((await backend.ls("/marker/nested")).files).toEqual([]);
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(["/d/f.txt", "/f.txt"]);
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(["/d/f.txt", "/f.txt"]);
    expect((await backend.read("/marker")).error).toBe("File '/marker' not found");
  });

  it("do not conflict with a file, unless they are files, and then are not quoted", async () => {
    expect(await backend.write("/marker/nested", "x")).not.toHaveProperty("error");
    expect(await backend.delete("/marker/nested")).not.toHaveProperty("error");
    for (const marker of ["", "1/", "1/2/", "1/2/3/"]) await objects.put(`foreign/marked/${marker}`, "");
    await objects.put("foreign/marked/1/2/3/f.txt", "x");
    await objects.put("foreign/e/new\nline", "x");
    expect((await backend.write("/marked", "x")).error).toContain("'/marked/1/2/3/f.txt' is in the way");
    expect((await backend.write("/e", "x")).error).toBe(
      "Error: '/e' cannot be stored, because a file cannot also be a directory: something that no path can name is in " +
        "the way. Choose another path.",
    );
  });

  it("are deleted with their directory", async () => {
    expect(await backend.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
    expect(await objects.keys("foreign/d")).toEqual(["foreign/delete\u007f"]);
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await objects.keys("foreign/")).toEqual([]);
  });

  it("are deleted with their directory if it holds nothing else", async () => {
    await objects.put("markers/d/", "");
    const markers = bucket.backend({ prefix: "markers" });
    expect(await markers.delete("/d")).toEqual({ path: "/d", filesUpdate: null });
    expect(await objects.keys("markers/")).toEqual([]);
    expect(await markers.delete("/d")).toEqual({ error: "Error: File '/d' not found" });
  });

  it("that only other stores accept are skipped too, and deleted with their directory", async () => {
    const client = flatStoreClient(bucket);
    const flatObjects = objectsOf({ ...bucket, client });
    const empty = ["a//b.txt", "//a.txt", "a/./b.txt", "a/../b.txt", "../a.txt", "a/", "//"];
    for (const key of [...empty, "a/b.txt"]) await flatObjects.put(`flat/${key}`, "needle");
    const backend = bucket.backend({ prefix: "flat", client });
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/a/"]);
    expect((await backend.ls("/a")).files?.map(({ path }) => path)).toEqual(["/a/b.txt"]);
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(["/a/b.txt"]);
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(["/a/b.txt"]);
    expect(await backend.delete("/a")).toEqual({ path: "/a", filesUpdate: null });
    expect(await flatObjects.keys("flat/")).toEqual(["flat/../a.txt", "flat///", "flat///a.txt"]);
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await flatObjects.keys("flat/")).toEqual([]);
    client.destroy();
  });
});
