import type { RemoteBackend } from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

const tables = tablesOf(useDatabase());

const bytesOf = async (backend: RemoteBackend, path: string) => {
  const [answer] = await backend.downloadFiles([path]);
  return answer?.content && Buffer.from(answer.content);
};

describe("text", () => {
  it("with half of a surrogate pair is stored with U+FFFD, and finds no half of a whole pair", async () => {
    for (const backend of tables.bothWays("halves")) {
      await backend.delete("/");
      await backend.write("/new.txt", "a\ud83d");
      expect((await backend.readRaw("/new.txt")).data?.content).toBe("a\ufffd");
      await backend.edit("/new.txt", "a", "\ude00\ud83d");
      expect((await backend.readRaw("/new.txt")).data?.content).toBe("\ufffd\ufffd\ufffd");
      await backend.write("/pair.txt", "😀");
      expect(await backend.grep("\ud83d")).toEqual({ matches: [] });
      expect(await backend.grep("\ude00", "/pair.txt")).toEqual({ matches: [] });
      expect(await backend.edit("/pair.txt", "\ud83d", "x")).toEqual({
        error: expect.stringContaining("String not found"),
      });
      expect((await backend.readRaw("/pair.txt")).data?.content).toBe("😀");
      // As bytes half a pair is no UTF-8, and comes back as it is.
      const half = Buffer.from([0xed, 0xa0, 0xbd]);
      await backend.uploadFiles([["/half.txt", half]]);
      expect(await bytesOf(backend, "/half.txt")).toEqual(half);
    }
  });

  it("with NUL is stored, found and edited like any other", async () => {
    for (const backend of tables.bothWays("nul")) {
      await backend.delete("/");
      await backend.write("/a.txt", "one\0\ntwo");
      expect((await backend.grep("\0")).matches).toEqual([{ path: "/a.txt", line: 1, text: "one\0" }]);
      expect(await backend.edit("/a.txt", "\0", "")).toMatchObject({ occurrences: 1 });
      expect(await backend.edit("/a.txt", "two", "\0two")).toMatchObject({ occurrences: 1 });
      await backend.uploadFiles([["/b.txt", Buffer.from("\0")]]);
      expect((await backend.grep("\0")).matches?.map(({ path }) => path)).toEqual(["/a.txt", "/b.txt"]);
      expect((await backend.readRaw("/a.txt")).data?.content).toBe("one\n\0two");
    }
  });
});

describe("content", () => {
  it("of a binary file is not edited, and invalid base64 is not written", async () => {
    const backend = tables.backend("binary");
    const bytes = Buffer.from([0x89, 0x50, 0, 0xff]);
    await backend.uploadFiles([
      ["/a.png", bytes],
      ["/latin1.txt", Buffer.from([0x61, 0xe9])],
    ]);
    const before = await tables.stored("binary");
    for (const path of ["/a.png", "/latin1.txt"]) {
      expect(await backend.edit(path, "a", "b")).toEqual({ error: expect.stringContaining("is binary") });
    }
    for (const content of ["a picture of a cat", "iVBORw0KGgo", "aGk=aGk=", "data:image/png;base64,?"]) {
      expect(await backend.write("/x.png", content)).toEqual({
        error: expect.stringContaining("must be base64"),
      });
    }
    expect(await tables.stored("binary")).toEqual(before);
    expect(await bytesOf(backend, "/a.png")).toEqual(bytes);
  });

  it("over maxFileBytes is refused, and the other files of its batch are stored", async () => {
    const backend = tables.backend("large", { maxFileBytes: 1_000 });
    await backend.write("/full.txt", "é".repeat(500));
    const before = await tables.stored("large");
    const refused = (bytes: number) => ({
      error: expect.stringContaining(`would have ${bytes} bytes, and 1000 are allowed`),
    });
    expect(await backend.write("/a.txt", "x".repeat(1_001))).toEqual(refused(1_001));
    expect(await backend.write("/a.png", Buffer.alloc(1_001).toString("base64"))).toEqual(refused(1_001));
    expect(await backend.edit("/full.txt", "é", "éx", true)).toEqual(refused(1_500));
    // A result that no string of JavaScript could hold is refused before it is made.
    expect(await backend.edit("/full.txt", "é", "x".repeat(10_000_000), true)).toEqual(refused(5e9));
    expect(await tables.stored("large")).toEqual(before);
    expect(
      await backend.uploadFiles([
        ["/1.txt", Buffer.alloc(1_000, "1")],
        ["/2.txt", Buffer.alloc(1_001, "2")],
        ["/3.txt", Buffer.alloc(1_000, "3")],
      ]),
    ).toEqual([
      { path: "/1.txt", error: null },
      { path: "/2.txt", error: "permission_denied", message: expect.stringContaining("1001 bytes") },
      { path: "/3.txt", error: null },
    ]);
    expect((await backend.glob("?.txt")).files?.map(({ path }) => path)).toEqual(["/1.txt", "/3.txt"]);
  });

  it("of 17 MB of newlines is stored, read, searched, edited and downloaded", async () => {
    const lines = 17 * 1024 * 1024;
    const backend = tables.backend("newlines");
    expect(await backend.uploadFiles([["/a.txt", Buffer.alloc(lines, "\n")]])).toMatchObject([
      { error: null },
    ]);
    expect(await backend.read("/a.txt", lines - 1, 5)).toMatchObject({ content: "\n", totalLines: lines });
    expect(await backend.grep("")).toMatchObject({ truncated: true });
    expect(await backend.edit("/a.txt", "\n", "\r\n", true)).toMatchObject({ occurrences: lines });
    // Not by `toEqual`, which looks at each byte.
    expect((await bytesOf(backend, "/a.txt"))?.equals(Buffer.alloc(2 * lines, "\r\n"))).toBe(true);
  });
});

describe("bytes", () => {
  it("of every kind of array are stored as they were when the call was made", async () => {
    const backend = tables.backend("arrays");
    class Pixels extends Uint8Array {}
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4);
    const arrays = [
      Buffer.alloc(4),
      Buffer.from("pool"),
      new Pixels(4),
      shared,
      new Uint8Array(9).subarray(2, 6),
    ];
    for (const [i, array] of arrays.entries()) {
      array.set([0xff, 1, 2, 3]);
      const uploading = backend.uploadFiles([[`/${i}.png`, array]]);
      array.fill(9);
      expect(await uploading).toEqual([{ path: `/${i}.png`, error: null }]);
      expect(await bytesOf(backend, `/${i}.png`)).toEqual(Buffer.from([0xff, 1, 2, 3]));
    }
  });

  it("that are not bytes are refused, and the other files of their batch are stored", async () => {
    const backend = tables.backend("no_bytes");
    const wrong = [
      "text",
      undefined,
      null,
      7,
      [1, 2],
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
      new Uint16Array(2),
      Object.create(Uint8Array.prototype),
    ];
    const files = wrong.map((bytes, i) => [`/${i}.txt`, bytes] as [string, Uint8Array]);
    const answers = await backend.uploadFiles([...files, ["/good.txt", Buffer.from("x")]]);
    expect(answers.map(({ error }) => error)).toEqual([...wrong.map(() => "invalid_path"), null]);
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/good.txt"]);
  });
});
