import { beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend, schemaSql } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";
import { recordStatements, type SentStatement, visits } from "./helpers/plans.js";

const database = useDatabase();

/** Rows of the table, and those of its largest namespace. */
const ROWS = 30_000;
const PAGE = 1_000;
const LARGEST_PAGE = 4_000;

/** Wider than what ANALYZE keeps statistics of: 1,024 bytes. */
const SEED = `
  INSERT INTO agent_files (path, content, mime_type, size, write_ids, ours_at)
  SELECT format('%s/d%s/f%s.txt', (ARRAY['big', 'big', 'small'])[1 + i % 3], i % 40, lpad(i::text, 6, '0')),
    jsonb_build_object('content', jsonb_build_array(
      repeat('word ', 300), CASE WHEN i % 3000 = 1 THEN 'xq7' WHEN i % 20 = 1 THEN 'often' ELSE '' END)),
    'text/plain', 1500, ARRAY['id'], now()
  FROM generate_series(1, ${ROWS}) AS i`;

let sql: Sql;
let sent: SentStatement[];
let backend: PostgresBackend;

beforeAll(async () => {
  await database.sql.unsafe(schemaSql({ searchIndex: "off" })).simple();
  await database.sql`ALTER TABLE agent_files SET (autovacuum_enabled = false)`;
  await database.sql.unsafe(SEED);
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
  sent = recordStatements(sql);
  backend = new PostgresBackend({ sql, namespace: ["big"] });
  await backend.createSearchIndex();
});

const bytes = (text: string) => Buffer.from(text);
const file = "/d1/f000001.txt";

/** Operations, and the rows that each of their statements may look at. */
const OPERATIONS: readonly [name: string, run: () => Promise<unknown>, rows: number][] = [
  ["initialize()", () => new PostgresBackend({ sql }).initialize(), 10],
  ["check()", () => backend.check(), PAGE],
  ["ls of directories", () => backend.ls("/"), 100],
  ["ls of files", () => backend.ls("/d1"), 2 * PAGE + 1],
  ["glob of everything", () => backend.glob("**"), LARGEST_PAGE],
  ["glob in a directory", () => backend.glob("d1/*"), PAGE],
  ["read", () => backend.read(file), 1],
  ["downloadFiles of one", () => backend.downloadFiles([file]), 1],
  ["downloadFiles of many", () => backend.downloadFiles([1, 4, 7].map((n) => `/d${n}/f00000${n}.txt`)), 3],
  ["write", () => backend.write("/new/a.txt", "a"), 10],
  ["write of what is there", () => backend.write(file, "a"), 10],
  ["edit", () => backend.edit(file, "xq7", "xq8"), 10],
  ["uploadFiles of one", () => backend.uploadFiles([["/new/b.txt", bytes("b")]]), 10],
  ["uploadFiles of many", () => backend.uploadFiles([1, 2, 3].map((n) => [`/new/${n}.txt`, bytes("b")])), 20],
  ["grep of a rare word", () => backend.grep("xq7"), 100],
  ["grep of a rare word in a directory", () => backend.grep("xq7", "/d1"), PAGE],
  ["grep of a frequent word", () => backend.grep("often"), 3 * PAGE],
  ["grep of what is nowhere", () => backend.grep("nowhere at all"), 10],
  ["delete of a file", () => backend.delete("/new/a.txt"), 10],
  ["delete of a directory", () => backend.delete("/new"), 50],
];

/** Statements that get no prepared plan. */
const isPlanned = ({ text }: SentStatement) => /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(text);

/** States of the planner's statistics. ANALYZE keeps nothing of a text as wide as the one that searches look at. */
const KNOWLEDGE = {
  "without statistics": "SELECT",
  "with statistics": "ANALYZE agent_files",
  "as of a table with 500,000 rows": "UPDATE pg_class SET reltuples = 500000 WHERE relname = 'agent_files'",
};

describe.each(Object.entries(KNOWLEDGE))("plans %s", (_, learn) => {
  beforeAll(async () => {
    await database.sql.unsafe(learn);
  });

  it.each(OPERATIONS)("of %s read few rows", async (_, run, most) => {
    sent.length = 0;
    await run();
    const statements = sent.filter(isPlanned);
    expect(statements).not.toHaveLength(0);
    for (const statement of statements) {
      for (const mode of ["force_generic_plan", "force_custom_plan"] as const) {
        const { rows, nodes } = await visits(database.sql, "agent_files", mode, statement);
        expect({ statement: statement.text, mode, nodes, isCheap: rows <= most }).toMatchObject({
          isCheap: true,
        });
      }
    }
  });
});

describe.each(Object.entries(KNOWLEDGE))("plans %s", (_, learn) => {
  it("of grep of a word in every file walk to the last match in key order", async () => {
    await database.sql.unsafe(learn);
    sent.length = 0;
    expect(await backend.grep("word", "/", null, 20)).toMatchObject({ truncated: true });
    const walk = sent
      .filter(isPlanned)
      .find(({ text }) => text.trimStart().startsWith("SELECT f.path AS key"));
    const { rows, nodes } = await visits(database.sql, "agent_files", "force_custom_plan", walk!);
    expect({ nodes, rows }).toEqual({ nodes: ["Index Scan: 21"], rows: 21 });
  });
});

describe("in a table with 300 files", () => {
  const table = "few";
  let few: PostgresBackend;
  beforeAll(async () => {
    few = new PostgresBackend({ sql, table });
    await few.initialize();
    await database.sql.unsafe(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    // Some have all trigrams of the notice of files in `bytes`, but not the notice.
    const text = (i: number) =>
      bytes(`${"word ".repeat(400)}${i % 3 === 0 ? "in bytes, tea" : ""}${i === 7 ? "xq7" : ""}`);
    await few.uploadFiles(Array.from({ length: 300 }, (_, i) => [`/${i}.txt`, text(i)]));
  });

  it.each([
    ["without statistics", "SELECT", 2],
    ["with statistics", `ANALYZE ${table}`, 2],
    [
      "with the trigram index of an earlier release alone, once there are many",
      `DROP INDEX idx_${table}_bytes; UPDATE pg_class SET reltuples = 500000 WHERE relname = '${table}'`,
      102,
    ],
  ])("grep reads the files that the index finds, and no others, %s", async (_, change, most) => {
    await database.sql.unsafe(change);
    sent.length = 0;
    expect((await few.grep("xq7")).matches).toHaveLength(1);
    // The other statement looks at paths, which are in the rows, and then at the texts of one file.
    const [candidates] = sent.filter(isPlanned);
    const { rows, nodes } = await visits(database.sql, table, "force_custom_plan", candidates!);
    expect({ nodes, isCheap: rows <= most }).toMatchObject({ isCheap: true });
  });
});

it("grep in a namespace of 1,000 files reads those that the index finds, before there are statistics", async () => {
  await database.sql.unsafe(schemaSql({ table: "young" })).simple();
  await database.sql`ALTER TABLE young SET (autovacuum_enabled = false)`;
  await database.sql`
    INSERT INTO young (path, content, mime_type, size, write_ids, ours_at)
    SELECT format('tenant/%s.txt', i), jsonb_build_object('content', jsonb_build_array(
      (SELECT string_agg(md5(format('%s/%s', i, j)), ' ') FROM generate_series(1, 40) AS j),
      CASE i WHEN 7 THEN 'extraordinarily rare' ELSE '' END)), 'text/plain', 1300, ARRAY['id'], now()
    FROM generate_series(1, 1000) AS i`;
  const young = new PostgresBackend({ sql, table: "young", namespace: ["tenant"] });
  await young.initialize();
  sent.length = 0;
  expect((await young.grep("extraordinarily rare")).matches).toHaveLength(1);
  const [candidates] = sent.filter(isPlanned);
  const { rows, nodes } = await visits(database.sql, "young", "force_custom_plan", candidates!);
  expect({ nodes, isCheap: rows <= 2 }).toMatchObject({ isCheap: true });
});
