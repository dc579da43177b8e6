import { refusals } from "@deepagents-internal/testing";
import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../../src/index.js";
import { alter, useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

const database = useDatabase();
const tables = tablesOf(database);

describe("a relation of the table's name that is not a table", () => {
  it.each([
    ["a materialized view", "CREATE MATERIALIZED VIEW $ AS SELECT 'x' AS path"],
    ["a sequence", "CREATE SEQUENCE $"],
    ["an index", "CREATE TABLE indexed_$ (id int); CREATE INDEX $ ON indexed_$ (id)"],
    ["a composite type", "CREATE TYPE $ AS (path text)"],
  ])("%s is refused by name, by every method", async (kind, statements) => {
    const table = kind.replaceAll(" ", "_");
    await database.sql.unsafe(statements.replaceAll("$", table));
    const backend = tables.backend(table);
    await expect(backend.initialize()).rejects.toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("not an ordinary table"),
    });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) {
      expect(said).toContain("not an ordinary table");
    }
  });

  it("a type of that name is an error too", async () => {
    await database.sql`CREATE TYPE an_enum AS ENUM ('a')`;
    await expect(tables.backend("an_enum").initialize()).rejects.toMatchObject({ code: "misconfigured" });
    await refusals(tables.backend("an_enum"), "/a.txt");
  });
});

describe("rows of other programs", () => {
  it("of any shape do not affect 1,000 others", async () => {
    const [backend, generic] = tables.bothWays("foreign_rows");
    const names = Array.from({ length: 1_000 }, (_, i) => `f${String(i).padStart(4, "0")}.txt`);
    await backend.uploadFiles(names.map((name) => [`/${name}`, Buffer.from("needle")]));
    const contents = ['"needle"', "7", "true", "null", "[]", "{}", `{"content": {"needle": 1}}`].concat(
      ["7", "null", `["needle", 2]`, `[["needle"]]`, `[null]`].map((content) => `{"content": ${content}}`),
    );
    for (const content of contents) {
      await database.sql`
        UPDATE foreign_rows SET content = ${content}::text::jsonb, modified_at = now() WHERE path = 'f0500.txt'`;
      for (const way of [backend, generic]) {
        expect((await way.ls("/")).files).toHaveLength(1_000);
        expect((await way.glob("*.txt")).files).toHaveLength(1_000);
        const { matches } = await way.grep("needle");
        const found = matches?.filter(({ line }) => line > 0).map(({ path }) => path.slice(1));
        expect(found).toEqual(names.toSpliced(500, 1));
        const answers = await way.downloadFiles(names.map((name) => `/${name}`));
        expect(answers.filter(({ error }) => error)).toEqual([
          {
            path: "/f0500.txt",
            content: null,
            error: "permission_denied",
            message: expect.stringContaining("not contain a valid file"),
          },
        ]);
        expect(await way.read("/f0500.txt")).toEqual({
          error: expect.stringContaining("not contain a valid file"),
        });
        expect(await way.edit("/f0500.txt", "needle", "x")).toEqual({
          error: expect.stringContaining("not contain a valid file"),
        });
      }
    }
  });

  it("may have infinite times, whatever the DateStyle", async () => {
    const sql = postgres(database.url, { max: 1, connection: { DateStyle: "SQL, DMY" } });
    const backend = new PostgresBackend({ sql, table: "times" });
    await backend.uploadFiles(["a", "b", "c"].map((name) => [`/${name}.txt`, Buffer.from("x")]));
    await sql`
      UPDATE times SET created_at = '-infinity', modified_at = '-infinity', ours_at = '-infinity' WHERE path = 'a.txt'`;
    await sql`UPDATE times SET created_at = 'infinity', modified_at = 'infinity' WHERE path = 'b.txt'`;
    expect((await sql`SELECT now()::text AS now`)[0]?.now).toMatch(/^\d\d\/\d\d\/\d{4} /);
    const { files = [] } = await backend.ls("/");
    expect(files.map(({ modified_at }) => modified_at !== undefined)).toEqual([false, false, true]);
    expect(Math.abs(Date.now() - Date.parse(files[2]!.modified_at!))).toBeLessThan(600_000);
    for (const name of ["a", "b", "c"]) {
      expect((await backend.readRaw(`/${name}.txt`)).data).toMatchObject({
        content: "x",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      });
      expect(await backend.edit(`/${name}.txt`, "x", "y")).toMatchObject({ occurrences: 1 });
    }
    await sql.end();
  });
});

describe("a database that is not UTF8", () => {
  it.each(["LATIN1", "SQL_ASCII"])("is refused, with its encoding: %s", async (encoding) => {
    const name = `${new URL(database.url).pathname.slice(1)}_${encoding.toLowerCase()}`;
    await database.sql.unsafe(
      `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    try {
      const backend = database.backend({ url: alter(database.url, { database: name }) });
      const reason = `The database's encoding is ${encoding}; it must be UTF8.`;
      await expect(backend.initialize()).rejects.toMatchObject({ code: "misconfigured", message: reason });
      for (const said of Object.values(await refusals(backend, "/a.txt"))) expect(said).toContain(reason);
      await backend.close();
    } finally {
      await database.sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});
