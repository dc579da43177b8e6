import { randomBytes } from "node:crypto";
import { MemoryBackend } from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, PostgresFileStore } from "../src/index.js";
import { SEARCHED } from "../src/operations/candidates.js";
import { lines } from "../src/operations/search.js";
import { tableNames } from "../src/rows/table.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();

const indexes = async (table: string) =>
  (await database.sql`SELECT indexname AS name FROM pg_indexes WHERE tablename = ${table} ORDER BY 1`).map(
    ({ name }) => name,
  );

describe("grep in the database", () => {
  const TEXTS = [
    "needle",
    "a\\b",
    "100%",
    "a_b",
    "aXb",
    '"quoted"',
    "tab\there",
    "é 漢字 😀",
    "\u2028",
    "\u0001",
    "",
    "\r",
    "'",
    "$1",
  ];
  const LITERALS = [
    ...TEXTS,
    "\\",
    "%",
    "_",
    "字",
    "=>",
    "n",
    "e\u0301",
    "\0",
    "\\u0001",
    "\ud800",
    "a\nb",
    '["',
    "bytes",
    "stored in",
  ];

  it("answers like a search of each file, whatever has to be escaped", async () => {
    const files: [string, Uint8Array][] = [
      ...TEXTS.map((text, i): [string, Uint8Array] => [
        `/t/${i}.txt`,
        Buffer.from(`x\n${text}\n\nlast ${text}`),
      ]),
      ["/t/nul.txt", Buffer.from("needle\0\nneedle\n")],
      ["/t/large.md", Buffer.from(`${"filler 100%\n".repeat(400_000)}needle =>\n`)],
      ["/t/long.txt", Buffer.from(`${"filler 100%".repeat(5)}\n${"filler 100%".repeat(3)}!`)],
      ["/t/empty.txt", Buffer.from("")],
      ["/t/newlines.txt", Buffer.from("\n\n")],
      ["/t/picture.png", Buffer.from("needle")],
      ["/t/data", Buffer.from("needle\0")],
      ["/u/elsewhere.txt", Buffer.from("needle")],
    ];
    const inDatabase = database.backend();
    const inMemory = new MemoryBackend();
    for (const backend of [inDatabase, inMemory]) await backend.uploadFiles(files);
    for (const literal of LITERALS) {
      for (const [path, glob, maxCount] of [
        ["/t"],
        ["/", "*.txt"],
        ["/t", null, 3],
        ["/t/nul.txt"],
      ] as const) {
        const answer = await inDatabase.grep(literal, path, glob, maxCount);
        expect({ literal, path, ...answer }).toEqual({
          literal,
          path,
          ...(await inMemory.grep(literal, path, glob, maxCount)),
        });
      }
    }
  });

  it("continues over many pages, and stops at the limit", async () => {
    const backend = database.backend({ table: "pages" });
    const paths = Array.from({ length: 2_100 }, (_, i) => `/f${String(i).padStart(4, "0")}.txt`);
    await backend.uploadFiles(paths.map((path) => [path, Buffer.from("one\ntwo")]));
    expect((await backend.grep("two")).matches?.map(({ path }) => path)).toEqual(paths);
    expect(await backend.grep("two", "/", null, 2_099)).toMatchObject({ truncated: true });
    expect(await backend.grep("two", "/", null, 2_100)).not.toHaveProperty("truncated");
  });

  it("reads a text from its row once, not once per line", async () => {
    const incompressible = randomBytes(20_000).toString("hex");
    await database.backend({ table: "blank" }).write("/a.txt", incompressible + "\n".repeat(20_000));
    const parameters = ['["a.txt"]', "", "10000"];
    const [row] = await database.sql.unsafe(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${lines(tableNames("blank", undefined))}`,
      parameters,
    );
    expect(row?.["QUERY PLAN"][0].Plan["Shared Hit Blocks"]).toBeLessThan(1_000);
  });

  it("finds a file that is converted to bytes during the search, and none that is deleted", async () => {
    const backend = database.backend({ table: "moving" });
    const paths = Array.from({ length: 40 }, (_, i) => `/f${10 + i}.txt`);
    await backend.uploadFiles(paths.map((path) => [path, Buffer.from("needle")]));
    const store = new PostgresFileStore({ sql: database.sql, table: "moving" });
    const call = { signal: new AbortController().signal, root: "", accept: () => true, limit: 1_000 };
    const found: string[] = [];
    for await (const { key, lines } of store.search("", "needle", call)) {
      if (found.length === 0) {
        await backend.uploadFiles([["/f48.txt", Buffer.from("more\nneedle\0")]]);
        await backend.delete("/f49.txt");
      }
      found.push(...lines.map(({ line, text }) => `/${key}:${line}:${text}`));
    }
    expect(found).toEqual([...paths.slice(0, -2).map((path) => `${path}:1:needle`), "/f48.txt:2:needle\0"]);
  });
});

describe("the search index", () => {
  it("can serve the condition of a search", async () => {
    await database.backend({ table: "indexed" }).write("/a.txt", "needle");
    const plan = await database.sql.begin(async (transaction) => {
      // On a table this small a sequential scan would be cheaper.
      await transaction`SET LOCAL enable_seqscan = off`;
      return transaction.unsafe(`EXPLAIN SELECT FROM indexed AS f WHERE ${SEARCHED} LIKE '%needle%'`);
    });
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("idx_indexed_search");
  });

  it("is optional", async () => {
    await database.backend({ table: "off", searchIndex: "off" }).initialize();
    expect(await indexes("off")).not.toContain("idx_off_search");
  });

  it("can be created later, on a table in use", async () => {
    const backend = database.backend({ table: "later", searchIndex: "off" });
    await backend.write("/a.txt", "needle");
    await database.backend({ table: "later" }).initialize();
    expect(await indexes("later")).not.toContain("idx_later_search");
    await backend.createSearchIndex();
    await backend.createSearchIndex();
    expect(await indexes("later")).toContain("idx_later_search");
    expect((await backend.grep("needle")).matches).toHaveLength(1);
  });

  it("is dropped and rebuilt around a bulk load, whatever its name", async () => {
    const backend = database.backend({ table: "bulk" });
    await backend.write("/a.txt", "needle");
    await database.sql`ALTER INDEX idx_bulk_search RENAME TO somebodys`;
    await backend.dropSearchIndex();
    await backend.dropSearchIndex();
    expect(await indexes("bulk")).toEqual(["bulk_pkey", "idx_bulk_path_prefix"]);
    expect((await backend.grep("needle")).matches).toHaveLength(1);
    await backend.createSearchIndex();
    expect(await indexes("bulk")).toContain("idx_bulk_search");
  });

  it("is rebuilt after an interrupted build, and leaves foreign indexes alone", async () => {
    const backend = database.backend({ table: "must", searchIndex: "off" });
    await backend.write("/a.txt", "needle");
    await database.sql`
      CREATE INDEX idx_must_search ON must USING gin (((content->'content')::text) gin_trgm_ops)`;
    await database.sql`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_must_search'::regclass`;
    await backend.createSearchIndex();
    const [index] = await database.sql`
      SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'idx_must_search'::regclass`;
    expect(index?.valid).toBe(true);

    await database.sql`CREATE INDEX idx_other_search ON must (size)`;
    const other = database.backend({ table: "other", searchIndex: "off" });
    await expect(other.createSearchIndex()).rejects.toMatchObject({
      message: expect.stringContaining("Another relation has the name"),
    });
    expect(await indexes("must")).toContain("idx_other_search");
  });

  it("is created with a new table in a schema outside the search path", async () => {
    await database.sql`DROP EXTENSION pg_trgm CASCADE`;
    const sql = postgres(database.url, { max: 1, onnotice: () => {}, connection: { search_path: "" } });
    const backend = new PostgresBackend({ sql, schema: "app" });
    expect(await backend.write("/a.txt", "needle")).not.toHaveProperty("error");
    expect((await backend.grep("needle")).matches).toHaveLength(1);
    const [found] =
      await database.sql`SELECT FROM pg_indexes WHERE schemaname = 'app' AND indexname LIKE '%search'`;
    expect(found).toBeDefined();
    await sql.end();
    await database.sql`DROP SCHEMA app CASCADE`;
    await database.sql`CREATE EXTENSION pg_trgm`;
  });

  it("is found in whatever schema the extension is", async () => {
    await database.sql`CREATE SCHEMA IF NOT EXISTS extensions`;
    await database.sql`ALTER EXTENSION pg_trgm SET SCHEMA extensions`;
    await database.backend({ table: "qualified" }).initialize();
    expect(await indexes("qualified")).toContain("idx_qualified_search");
    await database.sql`ALTER EXTENSION pg_trgm SET SCHEMA public`;
  });

  it("reports or tolerates a missing extension", async () => {
    await database.sql`DROP EXTENSION pg_trgm CASCADE`;
    await database.sql`CREATE ROLE builder LOGIN PASSWORD 'builder'`;
    await database.sql`CREATE SCHEMA AUTHORIZATION builder`;
    const url = alter(database.url, { user: "builder", password: "builder" });
    await expect(
      database.backend({ url, table: "on", searchIndex: "on" }).initialize(),
    ).rejects.toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("extension pg_trgm"),
      hint: expect.stringContaining("CREATE EXTENSION pg_trgm"),
    });
    const backend = database.backend({ url, table: "auto" });
    await backend.write("/a.txt", "needle");
    expect((await backend.grep("needle")).matches).toHaveLength(1);
    await expect(backend.createSearchIndex()).rejects.toMatchObject({ code: "misconfigured" });
    await backend.close();
    await database.sql`DROP OWNED BY builder CASCADE`;
    await database.sql`DROP ROLE builder`;
  });
});
