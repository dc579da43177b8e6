import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { MemoryBackend } from "@deepagents-remote/core";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { Database } from "../src/connection/database.js";
import { searchFiles } from "../src/operations/search.js";
import { tableNames } from "../src/rows/table.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** The blocks of line-index.ts. */
const BLOCK = 64 * 1024;
const MINIMUM = 4 * 1024 * 1024 + 1;

/** Lines with "needle" at these distances from the beginning of a block, which they must not be long enough to show. */
function acrossBlocks(line: string): string {
  const text = Buffer.from(line.repeat(Math.ceil((5 * 1024 * 1024) / Buffer.byteLength(line))));
  for (const [block, distance] of [0, 1, -1, -3, -6, -7, 500, -2_000, BLOCK - 6].entries()) {
    text.write("needle", (block + 1) * 3 * BLOCK + distance);
  }
  text.write("needle");
  text.write("needle\n", text.length - 7);
  return text.toString();
}

const FILES: Readonly<Record<string, string>> = {
  "/short-lines.log": acrossBlocks("0123456789\n"),
  "/lines.log": acrossBlocks(`${"a line ".repeat(20)}\n`),
  "/long-lines.log": acrossBlocks(`${"a line ".repeat(300)}\n`),
  "/longer-than-blocks.log": acrossBlocks(`${"a line ".repeat(30_000)}\n`),
  "/one-line.json": acrossBlocks("x"),
  "/blank.txt": `${"\n".repeat(MINIMUM)}needle\n\n`,
  "/accents.txt": `${"é漢😀\n".repeat(600_000)}needle é\n${"é漢😀\n".repeat(1_000)}last needle`,
  "/nul.txt": `${"a\0b\n".repeat(100)}needle\0\n`,
  "/no-match.txt": "nothing in here\n".repeat(400_000),
};

describe("grep in large texts", () => {
  const inMemory = new MemoryBackend();
  const inDatabase = () => database.backend();

  beforeAll(async () => {
    for (const backend of [inMemory, inDatabase()]) {
      for (const [path, content] of Object.entries(FILES)) {
        expect(await backend.write(path, content)).not.toHaveProperty("error");
      }
    }
  });

  it.each([
    ["needle", null],
    ["needle", 3],
    ["needle é", null],
    ["\0", null],
    ["é漢😀", 2_000],
    ["x".repeat(5_000), null],
    ["", 1],
    ["", 3_000],
    ["a line", 30],
    ["nowhere at all", null],
    ["\nneedle", null],
  ])("answers like a search of each file: %#", async (literal, maxCount) => {
    for (const path of ["/", ...(maxCount ? Object.keys(FILES) : [])]) {
      const answer = await inDatabase().grep(literal, path, null, maxCount);
      expect(answer).toEqual(await inMemory.grep(literal, path, null, maxCount));
    }
  });

  it("transfers only the blocks that contain it", async () => {
    const proxy = await FaultyProxy.start(new URL(database.url));
    const backend = database.backend({ url: proxy.through(database.url) });
    await backend.initialize();
    let received = 0;
    proxy.cuts = (answer) => {
      received += answer.length;
      return false;
    };
    expect((await backend.grep("nothing that is there")).matches).toEqual([]);
    expect(received).toBeLessThan(10_000);
    received = 0;
    expect((await backend.grep("needle é")).matches).toHaveLength(1);
    // In hexadecimal.
    expect(received).toBeLessThan(2 * 2 * BLOCK);
    await backend.close();
    await proxy.stop();
  });

  it.each([
    [
      "is replaced by another large text",
      "other\n".repeat(800_000).concat("needle after\n"),
      ["needle after"],
    ],
    ["becomes small", "needle after\n", ["needle after"]],
    ["is deleted", undefined, []],
  ])("searches the current file if it %s meanwhile", async (_, content, expected) => {
    const path = "/changing.txt";
    const writer = database.backend({ table: "changing" });
    await writer.uploadFiles([[path, Buffer.from(FILES["/lines.log"]!)]]);
    let isChanged = false;
    class Interrupted extends Database {
      override async read(...args: Parameters<Database["read"]>) {
        if (!isChanged && args[0].includes("position(")) {
          isChanged = true;
          if (content === undefined) await writer.delete(path);
          else await writer.uploadFiles([[path, Buffer.from(content)]]);
        }
        return super.read(...args);
      }
    }
    const interrupted = new Interrupted(database.sql, { timeoutMs: 30_000 });
    const call = { signal: new AbortController().signal, root: "", accept: () => true, limit: 100 };
    const found: string[] = [];
    for await (const { lines } of searchFiles(
      { ...tableNames("changing", undefined), database: interrupted },
      "",
      "needle",
      call,
    )) {
      found.push(...lines.map(({ text }) => text));
    }
    expect(isChanged).toBe(true);
    expect(found).toEqual(expected);
  });
});
