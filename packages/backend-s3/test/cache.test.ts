import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { mapConcurrent } from "../src/connection/map-concurrent.js";
import { useBucket } from "./helpers/bucket.js";
import { objectsOf } from "./helpers/objects.js";
import { recordRequests } from "./helpers/requests.js";

const bucket = useBucket();
const objects = objectsOf(bucket);
const requests = recordRequests();
const clientConfig = { extensions: [requests.extension] };

const bytes = (text: string) => Buffer.from(text);

describe("changes of other writers are visible immediately", () => {
  /** Two backends on one file, of which the first knows it as `one`. */
  async function pair(prefix: string, format: "json" | "raw") {
    const [reader, writer] = [bucket.backend({ prefix, format }), bucket.backend({ prefix, format })];
    await reader.write("/a.txt", "one");
    expect((await reader.read("/a.txt")).content).toBe("one");
    return { reader, writer };
  }

  describe.each(["json", "raw"] as const)("in format %s", (format) => {
    it("by read, readRaw, download and grep", async () => {
      const { reader, writer } = await pair(`seen-${format}`, format);
      for (const text of ["two", "three", "one"]) {
        await writer.uploadFiles([["/a.txt", bytes(text)]]);
        expect((await reader.read("/a.txt")).content).toBe(text);
        await writer.edit("/a.txt", text, `${text}!`);
        expect((await reader.readRaw("/a.txt")).data?.content).toBe(`${text}!`);
        await writer.edit("/a.txt", "!", "?");
        expect((await reader.grep(`${text}?`)).matches).toHaveLength(1);
        await writer.edit("/a.txt", "?", ".");
        expect(await reader.downloadFiles(["/a.txt"])).toMatchObject([{ content: bytes(`${text}.`) }]);
        expect((await reader.grep("?")).matches).toEqual([]);
      }
    });

    it("by edit, which adds to it", async () => {
      const { reader, writer } = await pair(`edited-${format}`, format);
      await writer.edit("/a.txt", "one", "one two");
      expect(await reader.edit("/a.txt", "one", "zero one")).toMatchObject({ occurrences: 1 });
      expect((await writer.read("/a.txt")).content).toBe("zero one two");
    });

    it("by an edit that the cached file would refuse", async () => {
      const { reader, writer } = await pair(`refused-${format}`, format);
      expect((await reader.edit("/a.txt", "two", "x")).error).toContain("String not found");
      await writer.edit("/a.txt", "one", "two");
      expect(await reader.edit("/a.txt", "two", "three")).toMatchObject({ occurrences: 1 });
      await reader.edit("/a.txt", "three", "x x");
      expect((await reader.edit("/a.txt", "x", "y")).error).toContain("appears 2 times");
      await writer.edit("/a.txt", "x x", "x");
      expect(await reader.edit("/a.txt", "x", "y")).toMatchObject({ occurrences: 1 });
    });

    it("by an edit of a file that was binary", async () => {
      const { reader, writer } = await pair(`binary-${format}`, format);
      await writer.uploadFiles([["/a.txt", Buffer.from([0xff])]]);
      expect((await reader.edit("/a.txt", "one", "x")).error).toContain("is binary");
      await writer.uploadFiles([["/a.txt", bytes("one")]]);
      expect(await reader.edit("/a.txt", "one", "x")).toMatchObject({ occurrences: 1 });
    });

    it("by all, after a deletion", async () => {
      const { reader, writer } = await pair(`gone-${format}`, format);
      await writer.delete("/a.txt");
      expect(await reader.edit("/a.txt", "one", "x")).toEqual({ error: "Error: File '/a.txt' not found" });
      await writer.write("/a.txt", "one");
      await reader.read("/a.txt");
      await writer.delete("/a.txt");
      expect(await reader.read("/a.txt")).toEqual({ error: "File '/a.txt' not found" });
      expect(await reader.downloadFiles(["/a.txt"])).toMatchObject([{ error: "file_not_found" }]);
      expect(await reader.grep("one")).toEqual({ matches: [] });
      expect(await reader.write("/a.txt", "new")).not.toHaveProperty("error");
    });
  });
});

it("an edit keeps write ids that its cached copy lacks", async () => {
  const options = { prefix: "ids", format: "raw", pathConflicts: "allow" } as const;
  const [stale, other] = [bucket.backend(options), bucket.backend(options)];
  await stale.write("/a.txt", "n");
  // The same bytes again, and so the same ETag.
  await other.edit("/a.txt", "n", "n+");
  await other.edit("/a.txt", "n+", "n");
  expect(await stale.edit("/a.txt", "n", "m")).toMatchObject({ occurrences: 1 });
  const { metadata } = await objects.get("ids/a.txt");
  expect(metadata["deepagents-writes"]!.split(".")).toHaveLength(4);
});

describe("bytes", () => {
  it("are not shared with the caller's buffers", async () => {
    const backend = bucket.backend({ prefix: "shared", clientConfig });
    const given = Buffer.from([1, 2, 3]);
    const uploading = backend.uploadFiles([["/a.png", given]]);
    given.fill(9);
    await uploading;
    given.fill(8);
    const get = async () => (await backend.downloadFiles(["/a.png"]))[0]!.content!;
    // The first is what was written, the second what was kept of it.
    for (let i = 0; i < 2; i++) {
      const got = await get();
      expect([...got]).toEqual([1, 2, 3]);
      expect(got.buffer.byteLength).toBe(3);
      got.fill(7);
      const content = (await backend.readRaw("/a.png")).data?.content;
      expect([...(content as Uint8Array)]).toEqual([1, 2, 3]);
      (content as Uint8Array).fill(6);
    }
    const other = bucket.backend({ prefix: "shared" });
    for (let i = 0; i < 3; i++) {
      const [answer] = await other.downloadFiles(["/a.png"]);
      expect([...answer!.content!]).toEqual([1, 2, 3]);
      // The buffer holds nothing else that was read with it.
      expect(answer!.content!.buffer.byteLength).toBe(3);
      answer!.content!.fill(5);
    }
    expect(await requests.during(get)).toEqual(["GET shared/a.png 304"]);
  });
});

describe("the cache", () => {
  it("is bounded in bytes: the least recently used file is fetched again", async () => {
    const prefix = "bounded";
    const backend = bucket.backend({ prefix, clientConfig, cacheBytes: 100_000 });
    const files = ["a", "b", "c"].map((name): [string, Uint8Array] => [`/${name}.png`, Buffer.alloc(40_000)]);
    await bucket.backend({ prefix }).uploadFiles(files);
    const read = async (...names: string[]) => {
      const lines = await requests.during(async () => {
        for (const name of names) await backend.readRaw(`/${name}.png`);
      });
      return lines.filter((line) => !line.endsWith("304")).map((line) => line.replace(/.*\//, ""));
    };
    await backend.initialize();
    expect(await read("a", "b")).toEqual(["a.png", "b.png"]);
    expect(await read("a", "b", "a")).toEqual([]);
    expect(await read("c")).toEqual(["c.png"]);
    expect(await read("a", "c")).toEqual([]);
    expect(await read("b")).toEqual(["b.png"]);
  });

  it("of 0 bytes is disabled", async () => {
    const backend = bucket.backend({ prefix: "none", clientConfig, cacheBytes: 0 });
    await backend.write("/a.txt", "needle");
    const each = async () => {
      await backend.read("/a.txt");
      await backend.downloadFiles(["/a.txt"]);
      await backend.grep("needle", "/", "*.txt");
      await backend.edit("/a.txt", "needle", "needle+");
    };
    const expected = [...Array(4).fill("GET none/a.txt"), "LIST none/", "PUT none/a.txt"];
    expect(await requests.during(each)).toEqual(expected);
    expect(await requests.during(each)).toEqual(expected);
  });
});

describe("memory of a search", () => {
  const run = promisify(execFile);
  const fixture = fileURLToPath(new URL("fixtures/memory.mjs", import.meta.url));
  const names = Array.from({ length: 300 }, (_, i) => `f${String(i).padStart(3, "0")}.txt`);

  it("does not grow with the files searched: 300 MB in a heap of 128", async () => {
    const filler = "filler of a line of text\n".repeat(40_000);
    await mapConcurrent(names, 8, (name) => objects.put(`memory/${name}`, `${filler}needle in ${name}\n`));
    const { stdout } = await run(process.execPath, [
      "--max-old-space-size=128",
      // Node's own default for it follows version and machine.
      "--max-semi-space-size=8",
      ...[fixture, JSON.stringify({ ...bucket.connection, bucket: bucket.name, prefix: "memory" }), "needle"],
    ]);
    const { megabytes, found, error } = JSON.parse(stdout) as Record<string, unknown>;
    expect(error).toBeUndefined();
    expect(found).toEqual(names.map((name) => `needle in ${name}`));
    // A few times the 32 MB that are fetched at once, and the cache of 64.
    expect(megabytes).toBeLessThan(250);
  });
});

describe("large text that was downloaded", () => {
  const text = "„a line“ of a text\n".repeat(80_000);
  const envelope = JSON.stringify({
    content: text.split("\n"),
    created_at: "2026-11-22T12:00:00.000Z",
    modified_at: "2026-11-22T12:00:00.000Z",
  });
  const create: Record<string, (path: string) => Promise<unknown>> = {
    "in the envelope": (path) => bucket.backend({ prefix: "large" }).write(path, text),
    "as it is": (path) => bucket.backend({ prefix: "large", format: "raw" }).write(path, text),
    "of another program": (path) => objects.put(`large${path}`, text),
    "in an envelope that lost its metadata": (path) => objects.put(`large${path}`, envelope),
  };

  it.each(Object.entries(create))("%s is its bytes, and text afterwards", async (name, put) => {
    const path = `/${name.replaceAll(" ", "-")}.txt`;
    await put(path);
    const backend = bucket.backend({ prefix: "large" });
    const [answer] = await backend.downloadFiles([path]);
    expect(Buffer.compare(answer!.content!, bytes(text))).toBe(0);
    expect((await backend.readRaw(path)).data?.content === text).toBe(true);
    const [again] = await backend.downloadFiles([path]);
    expect(Buffer.compare(again!.content!, bytes(text))).toBe(0);
    expect(await backend.edit(path, "„a line“", "x", true)).toMatchObject({ occurrences: 80_000 });
  });

  it("is refused if its bytes are not UTF-8", async () => {
    const broken = Buffer.concat([bytes(text), Buffer.from([0xff])]);
    const more = { Metadata: { "deepagents-format": "text", "deepagents-writes": "w" } };
    await objects.put("large/broken.txt", broken, more);
    const [answer] = await bucket.backend({ prefix: "large" }).downloadFiles(["/broken.txt"]);
    expect(answer).toMatchObject({ content: null, error: "permission_denied" });
  });
});
