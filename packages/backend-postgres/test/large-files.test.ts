import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
const MB = 1024 * 1024;

/** Characters of two and three bytes, so that the parts in which a file travels end inside of some. */
const text = `x${"é„".repeat(MB)}\nneedle\n`;

describe("a file transferred in parts", () => {
  it("is read back unchanged, as text and as bytes", async () => {
    const backend = database.backend({ table: "parts" });
    const bytes = new Uint8Array(5 * MB + 7).map((_, i) => (i * 31) % 251);
    await backend.uploadFiles([
      ["/large.log", Buffer.from(text)],
      ["/large.bin", bytes],
      ["/small.txt", Buffer.from("small")],
    ]);
    const { data } = await backend.readRaw("/large.log");
    expect(data?.content === text).toBe(true);
    const paths = ["/large.bin", "/missing.txt", "/large.log", "/small.txt"];
    const [large, missing, log, small] = await backend.downloadFiles(paths);
    expect(Buffer.compare(large!.content!, bytes)).toBe(0);
    expect(missing?.error).toBe("file_not_found");
    expect(Buffer.from(log!.content!).equals(Buffer.from(text))).toBe(true);
    expect(String(Buffer.from(small!.content!))).toBe("small");
    const edited = await backend.edit("/large.log", "\nneedle", "\nthread");
    expect(edited.occurrences).toBe(1);
    expect((await backend.grep("thread", "/large.log")).matches).toMatchObject([{ line: 2, text: "thread" }]);
    await backend.close();
  });

  it("is one consistent version, even while it is replaced", async () => {
    const backend = database.backend({ table: "replaced" });
    const version = (letter: string) => Buffer.from(letter.repeat(9 * MB));
    await backend.uploadFiles([["/file.log", version("a")]]);
    const reads = Array.from({ length: 4 }, () => backend.downloadFiles(["/file.log"]));
    for (const letter of "bcd") await backend.uploadFiles([["/file.log", version(letter)]]);
    for (const [answer] of await Promise.all(reads)) {
      const content = Buffer.from(answer!.content!);
      expect(content.equals(version(String.fromCharCode(content[0]!)))).toBe(true);
    }
    await backend.close();
  });
});
