import { beforeAll, describe, expect, it } from "@jest/globals";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
let store: HistoryStore;
beforeAll(async () => {
  store = await HistoryStore.open(database);
});

const kinds = async (key: string) => (await store.versions(key)).map(({ kind }) => kind);

describe("changes by the store", () => {
  it("are recorded with kind, author, size and content", async () => {
    const by = { thread: "t", checkpoint: "c", agent: "a", user: "u" };
    await store.put("a.txt", "one\n", "write", by);
    await store.edit("a.txt", () => "two", { thread: "other" });
    await store.put("a.txt", new Uint8Array([0, 255]), "upload");
    await store.delete("a.txt", "file", by);
    await store.put("a.txt", "again", "restore");
    const versions = await store.versions("a.txt");
    expect(versions).toMatchObject([
      { kind: "create", by, size: 4 },
      { kind: "edit", by: { thread: "other" }, size: 3 },
      { kind: "upload", size: 2 },
      { kind: "delete", by },
      { kind: "restore", size: 5 },
    ]);
    expect(versions[3]).not.toHaveProperty("size");
    expect(versions[2]).not.toHaveProperty("by");
    const [file] = await store.store.get(["a.txt"], CALL);
    expect(versions.map(({ current }) => current)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      (file as { version: string }).version,
    ]);
    expect(await store.contents("a.txt")).toEqual([
      "one\n",
      "two",
      new Uint8Array([0, 255]),
      undefined,
      "again",
    ]);
    const times = versions.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("make no version with equal content", async () => {
    await store.put("same.txt", "x");
    await store.put("same.txt", "x", "upload");
    await store.put("same.bin", new Uint8Array([1, 0]));
    await store.put("same.bin", new Uint8Array([1, 0]));
    for (const key of ["same.txt", "same.bin"]) {
      const [file] = await store.store.get([key], CALL);
      expect(await store.versions(key)).toMatchObject([
        { kind: "create", current: (file as { version: string }).version },
      ]);
    }
    await store.put("same.txt", "y");
    expect(await store.contents("same.txt")).toEqual(["x", "y"]);
  });

  it("tell text from bytes that are the same", async () => {
    await store.put("alike", "\0");
    await store.put("alike", new Uint8Array([0]));
    expect(await store.contents("alike")).toEqual(["\0", new Uint8Array([0])]);
  });

  it("are recorded for many files in one statement", async () => {
    const changes = Array.from({ length: 50 }, (_, i) => ({
      key: `many/${String(i).padStart(2, "0")}`,
      id: "one",
      condition: "overwrite" as const,
      content: String(i),
    }));
    await store.store.put(changes, { ...CALL, origin: { kind: "upload", by: { user: "u" } } });
    await store.delete("many", "all", { user: "d" });
    const entries = await store.changes("many/", 7);
    expect(entries).toHaveLength(100);
    expect(entries.filter(({ kind, by }) => kind === "upload" && by?.user === "u")).toHaveLength(50);
    expect(entries.filter(({ kind, by }) => kind === "delete" && by?.user === "d")).toHaveLength(50);
  });

  it("of large, binary and NUL content come back byte for byte", async () => {
    const large = "line of text\n".repeat(500_000);
    const binary = new Uint8Array(5_000_000).map((_, i) => (i * 7919) % 256);
    const contents = [large, binary, "a\0b", "", `${large}end`];
    for (const content of contents) await store.put("big", content);
    await store.put("big", "small");
    const found = await store.contents("big");
    expect(
      found.map((content, i) => Buffer.compare(Buffer.from(content!), Buffer.from(contents[i] ?? "small"))),
    ).toEqual([0, 0, 0, 0, 0, 0]);
    expect(found.map((content) => typeof content)).toEqual([
      "string",
      "object",
      "string",
      "string",
      "string",
      "string",
    ]);
  });
});

describe("changes by other programs", () => {
  it("by the statements of the Python package have a history", async () => {
    const { sql } = database;
    const upsert = (lines: string[]) => sql`
      INSERT INTO agent_files (path, content, created_at, modified_at)
      VALUES ('python.md', ${sql.json({ content: lines })}, now(), now())
      ON CONFLICT (path) DO UPDATE SET content = excluded.content, modified_at = excluded.modified_at`;
    await upsert(["a", "b"]);
    await upsert(["c"]);
    await upsert(["c"]);
    await store.put("python.md", "c");
    await store.put("python.md", "ours");
    await upsert(["ours"]);
    await upsert(["theirs"]);
    await sql`DELETE FROM agent_files WHERE path = 'python.md'`;
    expect(await store.contents("python.md")).toEqual(["a\nb", "c", "ours", "theirs", undefined]);
    expect(await kinds("python.md")).toEqual(["create", "write", "write", "write", "delete"]);
    expect((await store.versions("python.md")).map(({ size }) => size)).toEqual([3, 1, 4, 6, undefined]);
  });

  it("by renaming are a deletion and a creation", async () => {
    await store.put("from.txt", "x");
    await database.sql`UPDATE agent_files SET path = 'to.txt' WHERE path = 'from.txt'`;
    expect(await kinds("from.txt")).toEqual(["create", "delete"]);
    expect(await store.contents("from.txt")).toEqual(["x", undefined]);
    expect(await store.contents("to.txt")).toEqual(["x"]);
    expect(await kinds("to.txt")).toEqual(["create"]);
  });

  it("in one transaction are all recorded, or none", async () => {
    const { sql } = database;
    await sql.begin(async (transaction) => {
      for (const text of ["1", "2", "3"]) {
        await transaction`
            INSERT INTO agent_files (path, content) VALUES ('tx.txt', ${sql.json({ content: [text] })})
            ON CONFLICT (path) DO UPDATE SET content = excluded.content, modified_at = clock_timestamp()`;
        if (text === "2")
          await transaction
            .savepoint(async (point) => {
              await point`DELETE FROM agent_files WHERE path = 'tx.txt'`;
              throw new Error("undo");
            })
            .catch(() => {});
      }
    });
    expect(await store.contents("tx.txt")).toEqual(["1", "2", "3"]);
  });

  it("by TRUNCATE are deletions", async () => {
    const other = await HistoryStore.open(database, { table: "emptied" });
    for (const key of ["a", "b"]) await other.put(key, key);
    await database.sql`TRUNCATE emptied`;
    expect(await other.contents("a")).toEqual(["a", undefined]);
    expect((await other.changes()).map(({ kind }) => kind)).toEqual(["create", "create", "delete", "delete"]);
    expect(await database.sql`SELECT FROM emptied`).toHaveLength(0);
  });
});
