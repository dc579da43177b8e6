import { describe, expect, it } from "@jest/globals";
import type { S3Backend } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { prefixesOf } from "../helpers/prefixes.js";

const prefixes = prefixesOf(useBucket());

const bytesOf = async (backend: S3Backend, path: string) => {
  const [answer] = await backend.downloadFiles([path]);
  return answer?.content && Buffer.from(answer.content);
};

const pathsOf = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

describe("text", () => {
  it.each(["json", "raw"] as const)("with NUL and halves of surrogate pairs, as %s", async (format) => {
    const backend = prefixes.backend(`text-${format}`, { format });
    await backend.write("/a.txt", "one\0\ntwo\ud83d");
    expect((await backend.readRaw("/a.txt")).data?.content).toBe("one\0\ntwo\ufffd");
    expect((await backend.grep("\0")).matches).toEqual([{ path: "/a.txt", line: 1, text: "one\0" }]);
    expect(await backend.edit("/a.txt", "\0", "\ude00")).toMatchObject({ occurrences: 1 });
    expect((await prefixes.backend(`text-${format}`).readRaw("/a.txt")).data?.content).toBe(
      "one\ufffd\ntwo\ufffd",
    );
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
    const backend = prefixes.backend("numbers");
    await prefixes.fill("numbers", ["/a.txt", "1\n2\n3\n"]);
    expect(await backend.read("/a.txt", offset, limit)).toMatchObject(expected);
  });

  it("is found by patterns and globs, or they are refused", async () => {
    const backend = prefixes.backend("patterns");
    await prefixes.fill("patterns", ["/a.txt", "one\n\ntwo\n"], [`/${"a".repeat(250)}`, "x"], ["/[", "x"]);
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
    const backend = prefixes.backend("newlines");
    expect(await backend.uploadFiles([["/a.txt", Buffer.alloc(lines, "\n")]])).toMatchObject([
      { error: null },
    ]);
    expect(await backend.read("/a.txt", lines - 1, 5)).toMatchObject({ content: "\n", totalLines: lines });
    expect(await backend.grep("")).toMatchObject({ truncated: true });
    // Not by `toEqual`, which looks at each byte.
    const fresh = await bytesOf(prefixes.backend("newlines"), "/a.txt");
    expect(fresh?.equals(Buffer.alloc(lines, "\n"))).toBe(true);
  });
});

describe("content", () => {
  it("of a binary file is not edited, and invalid base64 is not written", async () => {
    const backend = prefixes.backend("binary");
    await backend.uploadFiles([["/a.png", Buffer.from([0x89, 0x50, 0, 0xff])]]);
    const before = await prefixes.stored("binary");
    expect((await backend.edit("/a.png", "a", "b")).error).toContain("is binary");
    for (const content of ["a picture of a cat", "iVBORw0KGgo", "aGk=aGk=", "data:image/png;base64,?"]) {
      expect((await backend.write("/x.png", content)).error).toContain("must be base64");
    }
    expect(await prefixes.stored("binary")).toEqual(before);
  });

  it("over maxFileBytes is refused, and the other files of its batch are stored", async () => {
    const backend = prefixes.backend("large", { maxFileBytes: 1_000 });
    await backend.write("/full.txt", "é".repeat(500));
    const before = await prefixes.stored("large");
    expect((await backend.write("/a.txt", "x".repeat(1_001))).error).toContain("would have 1001 bytes");
    expect((await backend.edit("/full.txt", "é", "éx", true)).error).toContain("would have 1500 bytes");
    expect(await prefixes.stored("large")).toEqual(before);
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
      const backend = () => prefixes.backend("envelope", { maxFileBytes: 60_000 * bytes });
      const content = character.repeat(60_000);
      expect(await backend().uploadFiles([["/a.txt", Buffer.from(content)]])).toMatchObject([
        { error: null },
      ]);
      expect((await backend().readRaw("/a.txt")).data?.content === content).toBe(true);
    },
  );
});

describe("a batch", () => {
  it("with 100 MB of text that fits no envelope is stored as bytes", async () => {
    const large = Buffer.alloc(100 * 1024 * 1024, 1);
    const files: [string, Uint8Array][] = [
      ["/a.txt", Buffer.from("x")],
      ["/b.txt", large],
      ["/c.txt", Buffer.from("x")],
    ];
    const backend = prefixes.backend("endless", { maxFileBytes: large.length });
    const stored = await backend.uploadFiles(files);
    expect(stored.map(({ error }) => error)).toEqual([null, null, null]);
    // Files that earlier versions stored by their default are read by today's.
    expect((await bytesOf(prefixes.backend("endless"), "/b.txt"))?.equals(large)).toBe(true);
  });

  it("of 300 files, some invalid and some duplicate, is answered in order", async () => {
    const backend = prefixes.backend("many", { pathConflicts: "allow" });
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
