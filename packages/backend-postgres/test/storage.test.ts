import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../src/index.js";
import { children } from "../src/operations/list.js";
import { prefixRange } from "../src/operations/prefix-range.js";
import { tableNames } from "../src/rows/table.js";
import { useDatabase } from "./helpers/database.js";
import { recordStatements, visits } from "./helpers/plans.js";

const database = useDatabase();

/** The row of a file, as other programs see it. */
async function row(path: string) {
  const [found] = await database.sql`
    SELECT content, bytes, mime_type, size::int, cardinality(write_ids) AS ids, ours_at = modified_at AS ours
    FROM agent_files WHERE path = ${path}`;
  return found;
}

describe("the stored form", () => {
  it("is the line array of the Python package for text", async () => {
    await database.backend().write("/src/a.ts", "one\ntwo\n");
    expect(await row("src/a.ts")).toEqual({
      content: { content: ["one", "two", ""] },
      bytes: null,
      mime_type: "text/plain",
      size: 8,
      ids: 1,
      ours: true,
    });
  });

  it("is an empty array for an empty file", async () => {
    await database.backend().write("/empty.md", "");
    expect((await row("empty.md"))?.content).toEqual({ content: [] });
    expect((await database.backend().read("/empty.md")).content).toContain("empty contents");
  });

  it.each<[string, string, string | Buffer, string]>([
    ["a picture", "/a.png", Buffer.from([0x89, 0x50, 0, 0xff]), "image/png"],
    ["text with NUL", "/nul.txt", "a\0b", "text/plain"],
    ["text over 4 MB", "/large.md", `${"é".repeat(2_100_000)}\n`, "text/markdown"],
    ["text of a million lines", "/long.csv", "\n".repeat(1_000_001), "text/csv"],
  ])("is bytes for %s, with a line in the content that says so", async (_, path, content, type) => {
    const backend = database.backend();
    const bytes = Buffer.from(content);
    expect(await backend.uploadFiles([[path, bytes]])).toEqual([{ path, error: null }]);
    const stored = await row(path.slice(1));
    expect(stored).toMatchObject({ mime_type: type, size: bytes.length, ours: true });
    expect(stored?.bytes.equals(bytes)).toBe(true);
    const isText = typeof content === "string";
    expect(stored?.content).toEqual({
      content: [`[${type}, ${bytes.length} bytes, stored in bytea]`],
      // Offsets of lines, for windows of the text.
      ...(isText && { lines: expect.objectContaining({ total: content.split("\n").length - 1 || 1 }) }),
    });
    const [download] = await backend.downloadFiles([path]);
    expect(Buffer.from(download?.content ?? []).equals(bytes)).toBe(true);
    const { data } = await backend.readRaw(path);
    expect(typeof data?.content).toBe(isText ? "string" : "object");
  });

  it("holds 17 MB of newlines, which a JSONB array cannot", async () => {
    const backend = database.backend();
    const content = "\n".repeat(17 * 1024 * 1024);
    expect(await backend.write("/newlines.txt", content)).not.toHaveProperty("error");
    expect((await backend.read("/newlines.txt", 17 * 1024 * 1024 - 1, 5)).totalLines).toBe(17 * 1024 * 1024);
  });

  it("changes between both forms as a file grows and shrinks", async () => {
    const backend = database.backend();
    await backend.write("/grows.txt", "x");
    await backend.edit("/grows.txt", "x", "x\0");
    expect((await row("grows.txt"))?.bytes).not.toBeNull();
    await backend.edit("/grows.txt", "\0", "y");
    expect(await row("grows.txt")).toMatchObject({
      content: { content: ["xy"] },
      bytes: null,
      size: 2,
      ids: 3,
    });
  });

  it("keeps 64 ids of writes, the creating one among them", async () => {
    const backend = database.backend();
    await backend.write("/ids.txt", "n");
    const [first] =
      await database.sql`SELECT write_ids[1] AS created FROM agent_files WHERE path = 'ids.txt'`;
    for (let i = 0; i < 70; i++) await backend.edit("/ids.txt", "n", "n+");
    const [chain] = await database.sql`SELECT write_ids FROM agent_files WHERE path = 'ids.txt'`;
    expect(chain?.write_ids).toHaveLength(64);
    expect(new Set(chain?.write_ids).size).toBe(64);
    expect(chain?.write_ids.at(-1)).toBe(first?.created);
  });
});

describe("rows that the Python package wrote", () => {
  const python = (path: string, content: object) => database.sql`
    INSERT INTO agent_files (path, content, created_at, modified_at)
    VALUES (${path}, ${database.sql.json(content as never)}, now(), now())
    ON CONFLICT (path) DO UPDATE SET content = excluded.content, modified_at = excluded.modified_at`;

  it("are read, listed, searched and edited", async () => {
    const backend = database.backend();
    await backend.initialize();
    await python("py/notes.md", { content: ["# é", "text"] });
    expect((await backend.ls("/py")).files).toMatchObject([{ path: "/py/notes.md", size: 9 }]);
    expect((await backend.grep("tex", "/py")).matches).toEqual([
      { path: "/py/notes.md", line: 2, text: "text" },
    ]);
    expect(await backend.edit("/py/notes.md", "text", "words")).toMatchObject({ occurrences: 1 });
    expect((await row("py/notes.md"))?.content).toEqual({ content: ["# é", "words"] });
  });

  it("take precedence over our columns once it has changed a file of ours", async () => {
    const backend = database.backend();
    await backend.uploadFiles([["/both.txt", Buffer.from("ours\0")]]);
    await python("both.txt", { content: ["theirs"] });
    expect((await backend.read("/both.txt")).content).toBe("theirs");
    expect((await backend.ls("/")).files).toContainEqual(
      expect.objectContaining({ path: "/both.txt", size: 6 }),
    );
    expect(await backend.edit("/both.txt", "theirs", "ours again")).toMatchObject({ occurrences: 1 });
    expect(await row("both.txt")).toMatchObject({ bytes: null, size: 10, ours: true });
  });

  it("do no harm if they are not files", async () => {
    const backend = database.backend({ table: "foreign_rows" });
    await backend.write("/a.txt", "needle");
    const contents = [
      `"needle"`,
      "1",
      "null",
      "[]",
      `{"content": {"needle": 1}}`,
      `{"content": ["needle", 2]}`,
    ];
    for (const [i, content] of contents.entries()) {
      await database.sql`INSERT INTO foreign_rows (path, content) VALUES (${`foreign${i}.txt`}, ${content}::text::jsonb)`;
    }
    await database.sql`INSERT INTO foreign_rows (path, content) VALUES ('/b.txt', '{"content": ["needle"]}'), (${"c\u0001"}, '{"content": ["needle"]}')`;
    const note = "[This file was not searched: The row of this file does not contain a valid file.]";
    expect((await backend.grep("needle")).matches).toEqual([
      { path: "/a.txt", line: 1, text: "needle" },
      { path: "/foreign4.txt", line: 0, text: note },
    ]);
    expect((await backend.ls("/")).files).toHaveLength(1 + contents.length);
    expect((await backend.read("/foreign0.txt")).error).toContain("not contain a valid file");
    expect((await backend.edit("/foreign1.txt", "x", "y")).error).toContain("not contain a valid file");
    expect((await backend.downloadFiles(["/foreign2.txt"]))[0]).toMatchObject({ error: "permission_denied" });
    expect(await backend.delete("/")).not.toHaveProperty("error");
    expect(await database.sql`SELECT FROM foreign_rows`).toHaveLength(0);
  });

  it("may have times outside any calendar", async () => {
    const backend = database.backend();
    await backend.write("/never.txt", "x");
    await database.sql`UPDATE agent_files SET created_at = '-infinity', modified_at = 'infinity' WHERE path = 'never.txt'`;
    expect((await backend.ls("/")).files).toContainEqual({ path: "/never.txt", is_dir: false, size: 1 });
    expect((await backend.readRaw("/never.txt")).data).toMatchObject({
      content: "x",
      created_at: expect.any(String),
    });
  });
});

describe("listings", () => {
  it("continue over many pages, in code-point order", async () => {
    const backend = database.backend({ table: "many" });
    const names = Array.from({ length: 2_500 }, (_, i) => `f${String(i).padStart(5, "0")}`);
    const files = [...names.map((name) => `/flat/${name}`), ...names.map((name) => `/deep/${name}/x/y`)];
    const uploaded = await backend.uploadFiles(files.map((path) => [path, Buffer.from(path)]));
    expect(uploaded.filter(({ error }) => error)).toEqual([]);
    expect((await backend.ls("/flat")).files?.map(({ path }) => path)).toEqual(
      names.map((name) => `/flat/${name}`),
    );
    expect((await backend.ls("/deep")).files?.map(({ path }) => path)).toEqual(
      names.map((name) => `/deep/${name}/`),
    );
    expect((await backend.glob("**/y")).files).toHaveLength(2_500);
    expect((await backend.grep("f02499", "/flat")).matches).toHaveLength(1);
    expect(
      (await backend.downloadFiles(files)).every(
        ({ path, content }) => String(Buffer.from(content ?? [])) === path,
      ),
    ).toBe(true);
    expect(await backend.delete("/deep")).toEqual({ path: "/deep", filesUpdate: null });
    expect(await database.sql`SELECT FROM many`).toHaveLength(2_500);
  });

  it.each([
    ["files", 5_000, 20, 1, 1.5],
    ["files and large subdirectories", 1_000, 100, 2_000, 4],
    ["subdirectories", 2_000, 1, 3, 4],
  ])(
    "of a directory with many %s look at few rows for each child",
    async (_, children, each, below, most) => {
      const table = `mixed_${children}_${each}`;
      const sql = postgres(database.url, { max: 1, onnotice: () => {} });
      const sent = recordStatements(sql);
      const backend = new PostgresBackend({ sql, table, searchIndex: "off" });
      await backend.initialize();
      // Every `each`-th child is a subdirectory.
      await database.sql.unsafe(`
      INSERT INTO ${table} (path, content)
      SELECT format('d/%s', lpad(i::text, 6, '0')) || CASE WHEN i % ${each} = 0 THEN format('/%s', j) ELSE '' END,
        '{"content": []}'
      FROM generate_series(1, ${children}) AS i, generate_series(1, ${below}) AS j
      WHERE i % ${each} = 0 OR j = 1;
      ANALYZE ${table}`);
      const names = Array.from({ length: children }, (_, i) => String(i + 1).padStart(6, "0"));
      sent.length = 0;
      expect((await backend.ls("/d")).files?.map(({ path }) => path)).toEqual(
        names.map((name, i) => `/d/${name}${(i + 1) % each === 0 ? "/" : ""}`),
      );
      let looked = 0;
      for (const statement of sent) {
        looked += (await visits(database.sql, table, "force_custom_plan", statement)).rows;
      }
      expect(looked).toBeLessThan(most * children);
      await sql.end();
    },
  );

  it("of a directory read only its children, however many descendants there are", async () => {
    await database.backend({ table: "below", searchIndex: "off" }).initialize();
    await database.sql`
      INSERT INTO below (path, content)
      SELECT 'd' || i % 5 || '/' || i || '.txt', '{"content": []}' FROM generate_series(1, 100000) AS i`;
    await database.sql`ANALYZE below`;
    const range = prefixRange("", 3);
    const [row] = await database.sql.unsafe(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${children(tableNames("below", undefined), range)}`,
      ["", "1000", ...range.parameters],
    );
    // Each child is looked for, and looked up; numbers of a plan are rounded.
    expect(rowsOf(row?.["QUERY PLAN"][0].Plan)).toBeLessThanOrEqual(3 * 5);
  });
});

interface PlanNode {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows of tables that a plan has looked at. */
function rowsOf(node: PlanNode): number {
  const looked = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  const below = (node.Plans ?? []).map(rowsOf).reduce((sum, rows) => sum + rows, 0);
  return below + (node["Relation Name"] ? looked : 0);
}
