import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { MemoryBackend } from "@deepagents-remote/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;

beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterAll(() => proxy.stop());

const numbered = (lines: number, text: string) =>
  Array.from({ length: lines }, (_, i) => `${i} ${text}`).join("\n");

const FILES: Readonly<Record<string, string>> = {
  "/empty.txt": "",
  "/newline.txt": "\n",
  "/small.txt": "one\ntwo\n\n",
  "/array.md": `${numbered(20_000, "a line of an array")}\n`,
  "/array-without-end.md": numbered(20_000, "a line of an array"),
  "/long-line.txt": "é".repeat(100_000),
  "/bytes.md": `${numbered(60_000, "a line of a text that is too large for an array".repeat(2))}\n`,
  "/nul.txt": `${numbered(5_000, "a line with NUL \0")}\n`,
  "/newlines.txt": "\n".repeat(1_000_001),
};

const WINDOWS = [
  [undefined, undefined],
  [0, 0],
  [0, 1],
  [1, 1],
  [4_990, 30],
  [19_999, 1],
  [19_990, 500],
  [20_000, 1],
  [59_000, 2_000],
  [1_000_000, 3],
  [1e12, 5],
  [3, 1e12],
  [100, Number.POSITIVE_INFINITY],
] as const;

describe("a window of a text", () => {
  const inMemory = new MemoryBackend();

  beforeAll(async () => {
    for (const backend of [inMemory, database.backend()]) {
      for (const [path, content] of Object.entries(FILES)) await backend.write(path, content);
    }
  });

  it.each(Object.keys(FILES))("of %s is the same as of one in memory", async (path) => {
    const inDatabase = database.backend();
    for (const [offset, limit] of WINDOWS) {
      expect(await inDatabase.read(path, offset, limit)).toEqual(await inMemory.read(path, offset, limit));
    }
  });

  it.each(["/array.md", "/bytes.md"])("of %s is all that is transferred", async (path) => {
    const backend = database.backend({ url: proxy.through(database.url) });
    await backend.initialize();
    let received = 0;
    proxy.cuts = (answer) => {
      received += answer.length;
      return false;
    };
    const { content, totalLines } = await backend.read(path, 15_000, 100);
    proxy.cuts = () => false;
    expect(totalLines).toBeGreaterThanOrEqual(20_000);
    // Blocks travel in hexadecimal.
    expect(received).toBeLessThan((content as string).length + 2 * 3 * 64 * 1024);
  });

  it.each(["content - 'lines'", "content || '{\"lines\": 5}'"])(
    "of a large text with an invalid index is found nevertheless: %s",
    async (content) => {
      await database.sql.unsafe(`UPDATE agent_files SET content = ${content} WHERE path = 'bytes.md'`);
      const [offset, limit] = [59_990, 20];
      expect(await database.backend().read("/bytes.md", offset, limit)).toEqual(
        await inMemory.read("/bytes.md", offset, limit),
      );
    },
  );

  it("of bytes of an unknown type is refused like the whole file", async () => {
    await database.sql`UPDATE agent_files SET mime_type = NULL WHERE path = 'nul.txt'`;
    expect((await database.backend().read("/nul.txt", 0, 10)).error).toContain("is binary");
  });

  it("of a large row that holds more than strings is an error", async () => {
    await database.sql`
      UPDATE agent_files SET content = jsonb_set(content, '{content,7}', '{}') WHERE path = 'array.md'`;
    expect((await database.backend().read("/array.md", 0, 10)).error).toContain("not contain a valid file");
  });

  it("stays consistent while the file is replaced", async () => {
    const [reader, writer] = [database.backend(), database.backend()];
    const version = (n: number) => Buffer.from(`${`${n}\n`.repeat(2_100_000 + n)}`);
    await writer.uploadFiles([["/changing.txt", version(0)]]);
    let done = false;
    const writing = (async () => {
      for (let n = 1; n < 5; n++) await writer.uploadFiles([["/changing.txt", version(n)]]);
      done = true;
    })();
    while (!done) {
      const { content, totalLines, error } = await reader.read("/changing.txt", 1_000_000, 50);
      expect(error).toBeUndefined();
      expect(new Set((content as string).split("\n"))).toEqual(new Set([String(totalLines! - 2_100_000)]));
    }
    await writing;
  });
});
