import { readFileSync } from "node:fs";
import { scaled } from "@deepagents-internal/testing/scaled";
import { copyFiles, MemoryBackend } from "@deepagents-remote/core";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { tableNames } from "../src/rows/table.js";
import { firstUpload } from "../src/setup/adopt.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** A table as the Python package left it; how it was recorded is told in record_postgres.py of internal/testing. */
async function load(table: string, version = "0.2"): Promise<void> {
  const recorded = readFileSync(new URL(`fixtures/python/${version}.sql`, import.meta.url), "utf8");
  await database.sql.unsafe(recorded.replaceAll("recorded", table));
}

/** The four columns of the Python package as text, by path. */
async function rows(table: string): Promise<Record<string, string>> {
  const found = await database.sql`
    SELECT path, concat_ws(' ', content, created_at, modified_at) AS rest FROM ${database.sql(table)}`;
  return Object.fromEntries(found.map(({ path, rest }) => [path, rest]));
}

const paths = async (table: string) => Object.keys(await rows(table)).sort();

/** Uploads as the Python package does: under the path with its slash. */
async function upload(table: string, ...files: [path: string, text: string, modifiedAt?: string][]) {
  for (const [path, text, modifiedAt = "2026-01-01"] of files) {
    await database.sql`
      INSERT INTO ${database.sql(table)} (path, content, modified_at)
      VALUES (${path}, ${database.sql.json({ content: [text] })}, ${modifiedAt})`;
  }
}

/** The Python package's upsert, word for word. */
const upsert = (table: string, path: string, content: string[]) =>
  database.sql.unsafe(
    `INSERT INTO ${table} (path, content, created_at, modified_at)
     VALUES ($1, $2::text::jsonb, NOW(), NOW())
     ON CONFLICT (path) DO UPDATE SET content = EXCLUDED.content, modified_at = NOW()`,
    [path, JSON.stringify({ content })],
  );

/** Waits until a session of ours waits for a lock. */
async function lockAwaited(): Promise<void> {
  const waiting = () => database.sql`
    SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'deepagents-remote'
      AND datname = current_database()`;
  while ((await waiting()).length === 0);
}

describe.each(["0.1", "0.2"])("a table of the Python package %s", (version) => {
  const table = `python_${version.replace(".", "_")}`;

  it("is completed in place, and its uploads lose only their leading slash", async () => {
    await load(table, version);
    const before = await rows(table);
    await database.backend({ table }).initialize();
    expect(await rows(table)).toEqual({
      "notes/plan.md": before["notes/plan.md"],
      "notes/edited.md": before["notes/edited.md"],
      "notes/empty.md": before["notes/empty.md"],
      "notes/words.txt": before["notes/words.txt"],
      "uploads/report.txt": before["/uploads/report.txt"],
      "uploads/logo.png": before["/uploads/logo.png"],
      "uploads/.hidden": before["/uploads/.hidden"],
      "top.txt": before["/top.txt"],
      "no-slash.txt": before["no-slash.txt"],
      "//two-slashes.txt": before["//two-slashes.txt"],
      "twins/uploaded-last.txt": before["/twins/uploaded-last.txt"],
      "twins/uploaded-last.txt.older-twin": before["twins/uploaded-last.txt"],
      "twins/written-last.txt": before["twins/written-last.txt"],
      "twins/written-last.txt.older-twin": before["/twins/written-last.txt"],
    });
    const ours = await database.sql`
      SELECT FROM ${database.sql(table)} WHERE num_nonnulls(bytes, mime_type, size, write_ids, ours_at) > 0`;
    expect(ours).toHaveLength(0);
  });
});

describe("files of the Python package", () => {
  const backend = () => database.backend({ table: "python" });
  beforeAll(() => load("python"));

  it("are read", async () => {
    expect((await backend().read("/notes/plan.md")).content).toBe("# Plan\nfirst step");
    expect((await backend().read("/notes/empty.md")).content).toContain("empty contents");
    expect((await backend().readRaw("/notes/words.txt")).data?.content).toBe(
      'é 漢字 😀\t"quoted" \\ back\nsecond\nthird',
    );
    expect((await backend().read("/uploads/report.txt")).content).toBe("total\n42");
    expect((await backend().read("/twins/uploaded-last.txt")).content).toBe("by upload");
    expect((await backend().read("/twins/written-last.txt")).content).toBe("by write");
    expect((await backend().read("/twins/written-last.txt.older-twin")).content).toBe("by upload");
  });

  it("have the times that the Python package gave them", async () => {
    const [stored] = await database.sql`
      SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
        to_char(modified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS modified_at
      FROM python WHERE path = 'notes/edited.md'`;
    expect((await backend().readRaw("/notes/edited.md")).data).toMatchObject({ ...stored });
  });

  it("are listed", async () => {
    expect((await backend().ls("/")).files?.map(({ path }) => path)).toEqual([
      "/no-slash.txt",
      "/notes/",
      "/top.txt",
      "/twins/",
      "/uploads/",
    ]);
    expect((await backend().ls("/uploads")).files).toMatchObject([
      { path: "/uploads/.hidden", size: 3 },
      { path: "/uploads/logo.png" },
      { path: "/uploads/report.txt", size: 8 },
    ]);
  });

  it("are searched", async () => {
    expect((await backend().grep("42")).matches).toEqual([
      { path: "/uploads/report.txt", line: 2, text: "42" },
    ]);
    expect((await backend().glob("**/*.txt", "/twins")).files?.map(({ path }) => path)).toEqual([
      "/twins/uploaded-last.txt",
      "/twins/written-last.txt",
    ]);
  });

  it("are downloaded", async () => {
    const [written, uploaded] = await backend().downloadFiles(["/notes/plan.md", "/top.txt"]);
    expect(Buffer.from(written?.content ?? []).toString()).toBe("# Plan\nfirst step");
    expect(Buffer.from(uploaded?.content ?? []).toString()).toBe("top");
  });

  it("are edited into the Python package's form, and keep their final newline", async () => {
    expect(await backend().edit("/uploads/report.txt", "42", "43\n")).toMatchObject({ occurrences: 1 });
    expect(await backend().write("/ours.md", "# Ours\n")).not.toHaveProperty("error");
    expect(
      await database.sql`SELECT path, content FROM python WHERE path IN ('uploads/report.txt', 'ours.md') ORDER BY 1`,
    ).toEqual([
      { path: "ours.md", content: { content: ["# Ours", ""] } },
      { path: "uploads/report.txt", content: { content: ["total", "43", ""] } },
    ]);
  });

  it("count as the Python package last wrote them, instead of our columns", async () => {
    await backend().uploadFiles([["/shared.txt", Buffer.from("ours\0")]]);
    await upsert("python", "shared.txt", ["theirs", "needle"]);
    const [row] = await database.sql`SELECT bytes IS NULL AS gone FROM python WHERE path = 'shared.txt'`;
    expect(row?.gone).toBe(false);
    expect((await backend().readRaw("/shared.txt")).data?.content).toBe("theirs\nneedle");
    expect((await backend().ls("/")).files).toContainEqual(
      expect.objectContaining({ path: "/shared.txt", size: 13 }),
    );
    expect((await backend().grep("needle")).matches).toHaveLength(1);
  });

  it("and ours, binary ones too, have lines for its listing", async () => {
    await backend().uploadFiles([["/picture.png", Buffer.from([0x89, 0, 0xff])]]);
    const listed = await database.sql`
      SELECT path, modified_at, COALESCE(jsonb_array_length(content->'content'), 0) AS lines
      FROM python WHERE path LIKE 'picture%' ORDER BY path`;
    expect(listed).toMatchObject([{ path: "picture.png", lines: 1 }]);
  });
});

describe("uploads with a leading slash", () => {
  const fresh = async (table: string) => {
    const backend = database.backend({ table, searchIndex: "off" });
    await backend.initialize();
    return { backend, adopt: () => database.backend({ table }).initialize() };
  };

  it("never take an existing name: the older of two gets the next free one", async () => {
    const { adopt } = await fresh("names");
    await upload(
      "names",
      ["a", "older", "2026-01-01"],
      ["/a", "newer", "2026-01-02"],
      ["a.older-twin", "somebody's"],
      ["/a.older-twin-2", "somebody's upload"],
      ["b", "newer", "2026-01-02"],
      ["/b", "older", "2026-01-01"],
      ["c", "same time"],
      ["/c", "same time"],
    );
    const before = await rows("names");
    await adopt();
    expect(await rows("names")).toEqual({
      a: before["/a"],
      "a.older-twin": before["a.older-twin"],
      "a.older-twin-2": before["/a.older-twin-2"],
      "a.older-twin-3": before.a,
      b: before.b,
      "b.older-twin": before["/b"],
      c: before.c,
      "c.older-twin": before["/c"],
    });
  });

  it("stay if they or their twin could not be seen otherwise", async () => {
    const { backend, adopt } = await fresh("stays");
    const [long, longTwin] = ["l".repeat(1_023), "t".repeat(1_023)];
    await upload(
      "stays",
      ["/", "x"],
      ["//x", "x"],
      [`/${long}`, "x"],
      [`/${longTwin}`, "x"],
      [longTwin, "x"],
    );
    await adopt();
    expect(await paths("stays")).toEqual(["/", "//x", `/${longTwin}`, long, longTwin]);
    expect(await backend.check()).toMatchObject({ ok: true, details: { unadopted: 3 } });
  });

  it("may be directories as well", async () => {
    const { backend, adopt } = await fresh("conflict");
    await upload("conflict", ["d/below.txt", "below"], ["/d", "file"]);
    await adopt();
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/d", "/d/"]);
    expect((await backend.read("/d")).content).toBe("file");
    expect((await backend.read("/d/below.txt")).content).toBe("below");
  });

  it.each(["read committed", "repeatable read", "serializable"])(
    "are adopted batch by batch, by concurrent backends, and nothing is lost: %s",
    async (isolation) => {
      const table = `crowd_${isolation.replace(" ", "_")}`;
      await fresh(table);
      await database.sql.unsafe(`
        INSERT INTO ${table} (path, content, modified_at)
        SELECT prefix || i, jsonb_build_object('content', jsonb_build_array(prefix || i)), to_timestamp(i % 7)
        FROM generate_series(1, 2500) AS i, unnest(ARRAY['/both/', 'both/', '/up/']) AS prefix
        WHERE prefix <> 'both/' OR i % 5 = 0`);
      const contents = () => database.sql`
        SELECT content::text, modified_at FROM ${database.sql(table)} ORDER BY 1, 2`;
      const before = await contents();
      const [{ name } = {}] = await database.sql`SELECT current_database() AS name`;
      await database.sql.unsafe(
        `ALTER DATABASE "${name}" SET default_transaction_isolation = '${isolation}'`,
      );
      const adopters = Array.from({ length: 8 }, () => database.backend({ table }));
      const left = await Promise.all(
        adopters.map(async (backend) => {
          await backend.initialize();
          return (await backend.check()).details.unadopted;
        }),
      );
      await database.sql.unsafe(`ALTER DATABASE "${name}" RESET default_transaction_isolation`);
      expect(left).toEqual(adopters.map(() => 0));
      expect(await contents()).toEqual(before);
      const [counts] = await database.sql`
        SELECT count(*) FILTER (WHERE path LIKE 'both/%.older-twin')::int AS twins FROM ${database.sql(table)}`;
      expect(counts).toEqual({ twins: 500 });
    },
  );

  it("left behind by a failure are adopted the next time", async () => {
    await fresh("broken_off");
    const names = Array.from({ length: 1_500 }, (_, i) => `f${String(i).padStart(4, "0")}`);
    await database.sql`
      INSERT INTO broken_off (path, content) SELECT '/' || name, '{"content": []}' FROM unnest(${names}::text[]) AS name`;
    const backend = database.backend({ table: "broken_off", statementTimeoutMs: scaled(3_000) });
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM broken_off WHERE path = '/f1200' FOR UPDATE`;
      await expect(backend.initialize()).rejects.toMatchObject({ code: "unavailable" });
    });
    expect((await paths("broken_off")).filter((path) => path.startsWith("/"))).toHaveLength(500);
    await backend.initialize();
    expect(await paths("broken_off")).toEqual(names);
  });

  it.each([
    [
      "is modified",
      "modified",
      "UPDATE modified SET content = $1::text::jsonb, modified_at = now() WHERE path = 'a'",
    ],
    ["is created", "created", "INSERT INTO created (path, content) VALUES ('a', $1::text::jsonb)"],
  ])("leave their path to a file that %s while they wait for the lock", async (_, table, statement) => {
    const { adopt } = await fresh(table);
    await upload(table, ["/a", "newer", "2026-01-02"]);
    if (table === "modified") await upload(table, ["a", "older", "2026-01-01"]);
    let adopting: Promise<void> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction.unsafe(statement, ['{"content": ["newest"]}']);
      adopting = adopt();
      await lockAwaited();
    });
    await adopting;
    const found = await database.sql`
      SELECT path, content->'content'->>0 AS text FROM ${database.sql(table)} ORDER BY 1`;
    expect(found).toEqual([
      { path: "a", text: "newest" },
      { path: "a.older-twin", text: "newer" },
    ]);
  });

  it("cost one index lookup if there are none", async () => {
    await fresh("none");
    await database.sql`
      INSERT INTO none (path, content) SELECT 'f' || i, '{"content": []}' FROM generate_series(1, 5000) AS i`;
    const plan = await database.sql.unsafe(`EXPLAIN ${firstUpload(tableNames("none", undefined))}`);
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(
      /Index (Only )?Scan using idx_none_path_prefix/,
    );
  });

  it("are reported, and left unchanged by a read-only backend or a role without the right", async () => {
    await fresh("reading");
    await upload("reading", ["/a", "up"]);
    await database.sql`CREATE ROLE python_reader LOGIN PASSWORD 'python_reader'`;
    await database.sql`GRANT SELECT, INSERT ON reading TO python_reader`;
    const url = alter(database.url, { user: "python_reader", password: "python_reader" });
    for (const options of [{ url }, { readOnly: true }]) {
      const backend = database.backend({ table: "reading", ...options });
      await backend.initialize();
      expect(await backend.ls("/")).toEqual({ files: [] });
      expect(await backend.check()).toMatchObject({ ok: true, details: { table: "complete", unadopted: 1 } });
      await backend.close();
    }
    expect(await paths("reading")).toEqual(["/a"]);
    await database.sql`DROP OWNED BY python_reader`;
    await database.sql`DROP ROLE python_reader`;
  });
});

describe("a read-only backend on a table that only the Python package has used", () => {
  const table = "python_only";
  const reader = () => database.backend({ table, readOnly: true });
  beforeAll(() => load(table));

  it("reads, lists and searches it, and changes nothing", async () => {
    const before = await rows(table);
    const backend = reader();
    await backend.initialize();
    expect((await backend.read("/notes/plan.md")).content).toBe("# Plan\nfirst step");
    expect((await backend.read("/notes/words.txt", 1, 1)).content).toContain("second");
    expect((await backend.ls("/notes")).files?.map(({ path, size }) => [path, size])).toEqual([
      ["/notes/edited.md", 9],
      ["/notes/empty.md", 0],
      ["/notes/plan.md", 17],
      ["/notes/words.txt", 43],
    ]);
    expect((await backend.glob("**/plan.md")).files).toHaveLength(1);
    expect((await backend.grep("first")).matches).toEqual([
      { path: "/notes/plan.md", line: 2, text: "first step" },
    ]);
    expect((await backend.grep("three", "/notes/edited.md")).matches).toHaveLength(1);
    expect((await backend.downloadFiles(["/notes/plan.md"]))[0]).toMatchObject({ error: null });
    expect(await backend.check()).toMatchObject({ ok: true, details: { table: "incomplete", unadopted: 7 } });
    expect(await rows(table)).toEqual(before);
    const columns =
      await database.sql`SELECT FROM pg_attribute WHERE attrelid = ${table}::regclass AND attnum > 0`;
    expect(columns).toHaveLength(4);
  });

  it("sees our columns as soon as another backend has added them", async () => {
    const backend = reader();
    expect((await backend.read("/notes/plan.md")).content).toContain("Plan");
    const writer = database.backend({ table });
    await writer.uploadFiles([["/picture.bin", new Uint8Array([0, 255])]]);
    // The first operation finds out, the next one knows.
    await backend.downloadFiles(["/picture.bin"]);
    expect(await backend.downloadFiles(["/picture.bin"])).toMatchObject([
      { content: new Uint8Array([0, 255]) },
    ]);
  });
});

describe("rows that cannot be files", () => {
  it("are neither listed nor in conflict if their path ends in a slash", async () => {
    const backend = database.backend({ table: "markers" });
    await backend.write("/d/a.txt", "needle");
    await upload(
      "markers",
      ["d/", "needle"],
      ["d/sub/", "needle"],
      ["empty/", "needle"],
      ["file.txt/", "needle"],
    );
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/d/"]);
    expect((await backend.ls("/d")).files?.map(({ path }) => path)).toEqual(["/d/a.txt"]);
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(["/d/a.txt"]);
    expect((await backend.grep("needle")).matches?.map(({ path }) => path)).toEqual(["/d/a.txt"]);
    const copied = await copyFiles(backend, new MemoryBackend());
    expect(copied).toEqual([{ path: "/d/a.txt", outcome: "copied" }]);
    expect(await backend.write("/file.txt", "x")).not.toHaveProperty("error");
    expect(await backend.delete("/d")).not.toHaveProperty("error");
    expect(await paths("markers")).toEqual(["empty/", "file.txt", "file.txt/"]);
  });
});
