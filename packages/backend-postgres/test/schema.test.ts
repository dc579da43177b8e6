import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { scaled } from "@deepagents-internal/testing/scaled";
import { describe, expect, it } from "@jest/globals";
import type { Sql } from "postgres";
import { schemaSql } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();
const run = promisify(execFile);
const worker = fileURLToPath(new URL("fixtures/worker.mjs", import.meta.url));
const processes = (count: number, ...args: string[]) =>
  Promise.all(Array.from({ length: count }, () => run(process.execPath, [worker, database.url, ...args])));

/** A table as the Python package makes it, without its indexes. */
const pythonTable = (table: string) =>
  database.sql.unsafe(`CREATE TABLE ${table} (
    path TEXT PRIMARY KEY, content JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(), modified_at TIMESTAMPTZ NOT NULL DEFAULT NOW())`);

describe("initialize", () => {
  it("creates the table and the index of the storage format", async () => {
    await database.backend({ table: "fresh" }).initialize();
    const columns = await database.sql`
      SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required, attstorage AS storage
      FROM pg_attribute WHERE attrelid = 'fresh'::regclass AND attnum > 0 ORDER BY attnum`;
    expect(
      columns.map(({ name, type, required }) => `${name} ${type}${required ? " not null" : ""}`),
    ).toEqual([
      "path text not null",
      "content jsonb not null",
      "created_at timestamp with time zone not null",
      "modified_at timestamp with time zone not null",
      "bytes bytea",
      "mime_type text",
      "size bigint",
      "write_ids text[]",
      "ours_at timestamp with time zone",
    ]);
    expect(columns.find(({ name }) => name === "bytes")?.storage).toBe("e");
    const indexes =
      await database.sql`SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'fresh' ORDER BY 1`;
    expect(indexes.map(({ indexname }) => indexname)).toEqual([
      "fresh_pkey",
      "idx_fresh_bytes",
      "idx_fresh_path_prefix",
      "idx_fresh_search",
    ]);
    expect(indexes[2]?.indexdef).toContain("(path text_pattern_ops)");
  });

  it("is safe with 20 concurrent processes", async () => {
    await processes(20, "initialize");
    expect(await database.sql`SELECT count(*)::int AS rows FROM shared`).toEqual([{ rows: 0 }]);
  });

  it("runs once, with the first of many concurrent operations", async () => {
    const backend = database.backend({ table: "lazy" });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => backend.write(`/${i}.txt`, "x")));
    expect(answers.filter(({ error }) => error)).toEqual([]);
    expect((await backend.ls("/")).files).toHaveLength(20);
  });

  it("completes a table of the Python package and keeps its rows", async () => {
    await pythonTable("python");
    await database.sql`INSERT INTO python (path, content) VALUES ('notes/a.md', '{"content": ["# A", "text", ""]}')`;
    const backend = database.backend({ table: "python" });
    expect((await backend.read("/notes/a.md")).content).toBe("# A\ntext\n");
    expect((await backend.ls("/notes")).files).toMatchObject([{ path: "/notes/a.md", size: 9 }]);
  });

  it.each(['we"ird; drop', "Agent_Files", "sp ace", "täble", "select"])(
    "quotes names such as %j",
    async (name) => {
      const backend = database.backend({ table: name, schema: `schema ${name}` });
      expect(await backend.write("/a.txt", "x")).not.toHaveProperty("error");
      expect((await backend.grep("x")).matches).toHaveLength(1);
      expect(
        await database.sql`SELECT path FROM ${database.sql(`schema ${name}`)}.${database.sql(name)}`,
      ).toEqual([{ path: "a.txt" }]);
    },
  );

  it("distinguishes names that PostgreSQL would truncate to the same", async () => {
    const [a, b] = ["a", "b"].map((end) => database.backend({ table: "t".repeat(62) + end }));
    await a?.write("/a.txt", "a");
    await b?.write("/b.txt", "b");
    expect((await a?.glob("**"))?.files).toHaveLength(1);
    const indexes = await database.sql`SELECT indexname FROM pg_indexes WHERE indexname LIKE ${"idx_ttt%"}`;
    expect(indexes).toHaveLength(6);
    expect(indexes.every(({ indexname }) => /_path_prefix$|_search$|_bytes$/.test(indexname))).toBe(true);
  });
});

describe("locks", () => {
  it.each(["ACCESS SHARE", "ROW EXCLUSIVE", "EXCLUSIVE"])(
    "as strong as %s of other sessions do not delay initialize() if nothing is missing",
    async (mode) => {
      await database.backend({ table: "busy" }).initialize();
      await database.sql.begin(async (transaction) => {
        // EXCLUSIVE lets nobody in but readers; the advisory lock keeps out whoever would install something.
        await transaction.unsafe(`LOCK TABLE busy IN ${mode} MODE`);
        await transaction`SELECT pg_advisory_xact_lock(7305457893110297)`;
        await database.backend({ table: "busy" }).initialize();
      });
    },
  );

  it("delay initialize() by at most a third of a statement's time if something is missing", async () => {
    for (const [i, statementTimeoutMs] of [3_000, undefined].entries()) {
      // The last attempt may still get the lock when its holder has ended.
      const table = `read_by_others_${i}`;
      await pythonTable(table);
      const options = { statementTimeoutMs, operationTimeoutMs: scaled(3_000) };
      const backend = database.backend({ table, ...options });
      await database.sql.begin(async (transaction) => {
        await transaction`SELECT FROM ${transaction(table)}`;
        await expect(backend.initialize()).rejects.toMatchObject({
          message: expect.stringContaining("The files table is locked by"),
        });
      });
      await database.backend({ table }).initialize();
    }
  });
});

describe("refuses an unusable relation by name", () => {
  it.each([
    ["a view", "CREATE VIEW unusable AS SELECT 1 AS path", "not an ordinary table"],
    ["other columns", "CREATE TABLE unusable (id int)", 'it has no column "path"'],
    [
      "another type",
      "CREATE TABLE unusable (path text PRIMARY KEY, content text, created_at timestamptz, modified_at timestamptz)",
      '"content" of the table has type text; it must be jsonb',
    ],
    [
      "a precision that cuts times",
      "CREATE TABLE unusable (path text PRIMARY KEY, content jsonb, created_at timestamptz(6), modified_at timestamptz(3))",
      '"modified_at" of the table has type timestamp(3) with time zone; it must be timestamp with time zone',
    ],
    [
      "no key",
      "CREATE TABLE unusable (path text, content jsonb, created_at timestamptz, modified_at timestamptz)",
      'neither a primary key nor a unique index on "path"',
    ],
    [
      "a partitioned table",
      "CREATE TABLE unusable (path text PRIMARY KEY, content jsonb, created_at timestamptz, modified_at timestamptz) PARTITION BY LIST (path)",
      "not an ordinary table",
    ],
  ])("%s", async (_, statement, message) => {
    const name = `unusable${Math.abs(statement.length)}`;
    await database.sql.unsafe(statement.replace("unusable", name));
    const backend = database.backend({ table: name });
    await expect(backend.initialize()).rejects.toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining(message),
    });
    expect((await backend.write("/a.txt", "x")).error).toContain(message);
  });
});

describe("a role", () => {
  it("that may only use the table needs no right to create", async () => {
    await database.backend({ table: "granted" }).initialize();
    await database.sql`CREATE ROLE worker LOGIN PASSWORD 'worker'`;
    await database.sql`GRANT SELECT, INSERT, UPDATE, DELETE ON granted TO worker`;
    const backend = database.backend({
      url: alter(database.url, { user: "worker", password: "worker" }),
      table: "granted",
    });
    await backend.initialize();
    expect(await backend.write("/a.txt", "x")).not.toHaveProperty("error");
    expect(await backend.edit("/a.txt", "x", "y")).toMatchObject({ occurrences: 1 });
    expect(await backend.delete("/a.txt")).not.toHaveProperty("error");
  });

  it("that may not create gets an error that names what is missing", async () => {
    await database.sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`;
    await database.sql`CREATE ROLE guest LOGIN PASSWORD 'guest'`;
    const backend = database.backend({
      url: alter(database.url, { user: "guest", password: "guest" }),
      table: "absent",
    });
    await expect(backend.initialize()).rejects.toMatchObject({
      code: "permission-denied",
      message: "The database role may not create the missing schema objects.",
      hint: expect.stringContaining('CREATE TABLE IF NOT EXISTS "absent"'),
    });
  });

  it("that does not own the table gets an error that names what the table lacks", async () => {
    await pythonTable("bare");
    await database.sql`GRANT SELECT, INSERT, UPDATE, DELETE ON bare TO guest`;
    const backend = database.backend({
      url: alter(database.url, { user: "guest", password: "guest" }),
      table: "bare",
    });
    const error = await backend.initialize().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "permission-denied" });
    // To the owner, these are all it takes.
    await database.sql.unsafe(error.hint.slice(error.hint.indexOf("ALTER TABLE")));
    await backend.initialize();
    expect(await backend.write("/a.txt", "x")).not.toHaveProperty("error");
  });

  it("without a right gets an error that says so, and a failed download is no missing file", async () => {
    await database.sql`CREATE ROLE reader LOGIN PASSWORD 'reader'`;
    const backend = database.backend({
      url: alter(database.url, { user: "reader", password: "reader" }),
      table: "granted",
    });
    expect((await backend.read("/a.txt")).error).toContain("lacks a privilege");
    expect((await backend.ls("/")).error).toContain("lacks a privilege");
    expect((await backend.downloadFiles(["/a.txt"]))[0]).toMatchObject({ error: "permission_denied" });
    await database.sql`GRANT SELECT ON granted TO reader`;
    expect((await backend.write("/a.txt", "x")).error).toContain("lacks a privilege");
    expect(await backend.ls("/")).toEqual({ files: [] });
    await database.sql`DROP OWNED BY reader, guest, worker`;
    await database.sql`DROP ROLE reader, guest, worker`;
  });
});

describe("a read-only backend", () => {
  it("creates nothing", async () => {
    const backend = database.backend({ table: "read_only", readOnly: true, searchIndex: "on" });
    await expect(backend.initialize()).rejects.toMatchObject({ code: "misconfigured" });
    await database.backend({ table: "read_only", searchIndex: "off" }).write("/a.txt", "x");
    expect((await backend.read("/a.txt")).content).toBe("x");
    expect((await backend.write("/b.txt", "x")).error).toContain("read-only");
  });
});

describe("schemaSql", () => {
  const roleUrl = () => alter(database.url, { user: "printed", password: "printed" });
  /** The catalogs' description of a table. */
  const catalog = async (sql: Sql, table: string) => ({
    columns: await sql`
      SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull, attstorage,
        pg_get_expr(adbin, adrelid) AS standard
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attrelid = ${table}::regclass AND attnum > 0 ORDER BY attnum`,
    indexes: (await sql`SELECT indexdef FROM pg_indexes WHERE tablename = ${table} ORDER BY 1`).map(
      ({ indexdef }) => indexdef.replaceAll(table, "t"),
    ),
  });

  it.each(["auto", "on", "off"] as const)(
    "prints what initialize() creates, with searchIndex %s",
    async (searchIndex) => {
      const [made, printed] = [`made_${searchIndex}`, `printed_${searchIndex}`];
      await database.backend({ table: made, searchIndex }).initialize();
      const sql = schemaSql({ table: printed, searchIndex });
      await database.sql.unsafe(sql).simple();
      await database.sql.unsafe(sql).simple();
      expect(await catalog(database.sql, printed)).toEqual(await catalog(database.sql, made));
      expect(sql).toMatch(/;\n$/);
      expect(sql).not.toContain("SCHEMA");
    },
  );

  it("leaves nothing to create for a role that may only use the table", async () => {
    await database.sql`CREATE ROLE printed LOGIN PASSWORD 'printed'`;
    await database.sql.unsafe(schemaSql({ schema: "print ed", table: 'a"b' })).simple();
    await database.sql.unsafe(`
      GRANT USAGE ON SCHEMA "print ed" TO printed;
      GRANT SELECT, INSERT, UPDATE, DELETE ON "print ed"."a""b" TO printed`);
    const backend = database.backend({ url: roleUrl(), schema: "print ed", table: 'a"b' });
    await backend.initialize();
    expect(await backend.write("/a.txt", "needle")).not.toHaveProperty("error");
    expect((await backend.grep("needle")).matches).toHaveLength(1);
    expect(await backend.check()).toMatchObject({
      ok: true,
      details: { table: "complete", searchIndex: "ready" },
    });
    await backend.close();
    await database.sql`DROP OWNED BY printed`;
    await database.sql`DROP ROLE printed`;
  });

  it("completes a table of the Python package", async () => {
    await pythonTable("completed");
    await database.sql.unsafe(schemaSql({ table: "completed", searchIndex: "off" })).simple();
    expect(await database.backend({ table: "completed" }).check()).toMatchObject({
      details: { table: "complete" },
    });
  });

  it("finds the extension where it is, whatever the table's schema", async () => {
    await database.sql`CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public`;
    await database.sql.unsafe(schemaSql({ schema: "elsewhere" })).simple();
    expect(await database.backend({ schema: "elsewhere" }).check()).toMatchObject({
      details: { searchIndex: "ready" },
    });
  });

  it.each([
    [{ table: "" }, "option 'table' must be"],
    [{ schema: "x".repeat(64) }, "option 'schema' must be"],
    [{ searchIndex: "yes" }, "option 'searchIndex' must be"],
    [{ host: "localhost" }, "there is no option 'host'; the options are table, schema, searchIndex"],
  ])("refuses %j as the constructor would", (options, message) => {
    expect(() => schemaSql(options as object)).toThrow(message);
  });
});

describe("several processes", () => {
  it("lose no edit: 4 x 50 edits of one file end in exactly 200 lines", async () => {
    const backend = database.backend({ table: "shared" });
    await backend.write("/n.txt", "n");
    await processes(4, "edit", "50");
    expect((await backend.read("/n.txt")).content).toBe(`n${"+".repeat(200)}`);
  });
});
