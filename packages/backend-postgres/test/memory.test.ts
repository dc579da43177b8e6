import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
const run = promisify(execFile);
const fixture = fileURLToPath(new URL("fixtures/memory.mjs", import.meta.url));

interface Cost {
  /** By how much the process has grown at its largest, Buffers included. */
  readonly megabytes: number;
  readonly found?: number;
  readonly truncated?: boolean;
  readonly bytes?: number;
}

/**
 * Runs one operation in a process of its own.
 * @param heap Megabytes that JavaScript's heap may have; Buffers come on top.
 */
async function cost(
  table: string,
  pushDowns: string,
  heap: number,
  method: string,
  ...parameters: unknown[]
) {
  const { stdout } = await run(process.execPath, [
    `--max-old-space-size=${heap}`,
    // Node's own default for it follows version and machine.
    "--max-semi-space-size=8",
    ...[fixture, database.url, table, pushDowns, method, JSON.stringify(parameters)],
  ]);
  return JSON.parse(stdout) as Cost;
}

/**
 * Makes a table, and files in it without sending them.
 * @param rows Queries for path, array of lines and bytes, one of the two null.
 */
async function fill(table: string, ...rows: readonly string[]): Promise<void> {
  await database.backend({ table, searchIndex: "off" }).initialize();
  for (const row of rows) {
    await database.sql.unsafe(`
      INSERT INTO ${table} (path, content, bytes, size, mime_type, ours_at, modified_at)
      SELECT path, jsonb_build_object('content', coalesce(lines, '["[stored in bytea]"]')), bytes,
        coalesce(length(bytes), (SELECT sum(octet_length(line) + 1) - 1 FROM jsonb_array_elements_text(lines) AS line)),
        'text/plain', now(), now()
      FROM (${row}) AS file (path, lines, bytes)`);
  }
}

const LINE = "rpad('line ' || n, 99, ' filler')";
/** Expression for the bytes of a text of 10,000 bytes, repeated. */
const text = (repeats: number) =>
  `(SELECT convert_to(repeat(string_agg(${LINE}, E'\\n') || E'\\n', ${repeats}), 'UTF8') FROM generate_series(1, 100) AS n)`;
/** Expression for an array of lines, as stored. */
const lineArray = (count: number, line: string) =>
  `(SELECT jsonb_agg(${line}) FROM generate_series(1, ${count}) AS n)`;

beforeAll(async () => {
  // 100 files of 3 MB, half of them as lines and half as bytes.
  await fill(
    "much",
    `SELECT 'lines' || i || '.txt', made.lines, NULL::bytea
      FROM generate_series(1, 50) AS i, (SELECT ${lineArray(30_000, LINE)}) AS made (lines)`,
    `SELECT 'bytes' || i || '.txt', NULL::jsonb, made.bytes
      FROM generate_series(1, 50) AS i, (SELECT ${text(300)}) AS made (bytes)`,
  );
  // A batch of searches grows while they find little; then 256 files that consist of matches, 16,000,000 in all.
  await fill(
    "matches",
    `SELECT 'a' || i || '.txt', '["one match"]'::jsonb, NULL::bytea FROM generate_series(1, 300) AS i`,
    `SELECT 'b' || i || '.txt', made.lines, NULL::bytea
      FROM generate_series(1, 256) AS i, (SELECT ${lineArray(62_500, "'a'::text")}) AS made (lines)`,
    "SELECT 'c/newlines.txt', NULL::jsonb, convert_to(repeat(E'\\n', 15000000), 'UTF8')",
  );
  await fill(
    "names",
    `SELECT 'd' || i / 1000 || '/file' || lpad(i::text, 6, '0') || '.txt', '["x"]'::jsonb, NULL::bytea
      FROM generate_series(0, 199999) AS i`,
  );
  await fill(
    "large",
    `SELECT 'file' || i || '.txt', NULL::jsonb, made.bytes
      FROM generate_series(1, 3) AS i, (SELECT ${text(4_000)}) AS made (bytes)`,
  );
});

/** Maximum memory of a search in megabytes: a few times the 32 MB that it searches, or returns, at once. */
const SEARCH_MB = 200;
/** Size of JavaScript's heap, in megabytes. */
const HEAP_MB = 128;

describe.each(["with", "without"])("memory of a search, %s push-downs", (pushDowns) => {
  it("does not grow with the files searched", async () => {
    const { megabytes, ...answer } = await cost("much", pushDowns, HEAP_MB, "grep", "nothing that is there");
    expect(answer).toEqual({ found: 0 });
    expect(megabytes).toBeLessThan(SEARCH_MB);
  });

  it("does not grow with the number of matches", async () => {
    const { megabytes, ...answer } = await cost("matches", pushDowns, HEAP_MB, "grep", "a");
    expect(answer).toEqual({ found: 100_000, truncated: true });
    expect(megabytes).toBeLessThan(SEARCH_MB);
  });

  it("does not grow with the caller's limit", async () => {
    const { megabytes, ...answer } = await cost("matches", pushDowns, HEAP_MB, "grep", "", "/c", null, 1e9);
    expect(answer).toEqual({ found: 100_000, truncated: true });
    expect(megabytes).toBeLessThan(SEARCH_MB);
  });
});

describe("memory of a glob", () => {
  it.each([
    ["**/*.txt", { found: 10_000, truncated: true }],
    ["**/*199999.txt", { found: 1 }],
  ])("does not grow with the number of files: %s", async (pattern, expected) => {
    const { megabytes, ...answer } = await cost("names", "with", HEAP_MB, "glob", pattern);
    expect(answer).toEqual(expected);
    expect(megabytes).toBeLessThan(SEARCH_MB);
  });
});

describe("memory of a download", () => {
  const names = (count: number, name: string) =>
    Array.from({ length: count }, (_, i) => `/${name}${i + 1}.txt`);

  it.each([
    ["large", names(3, "file"), 120],
    ["much", [...names(20, "lines"), ...names(20, "bytes")], 120],
  ])("is a small multiple of the answer: %s", async (table, paths, size) => {
    const { megabytes, bytes } = await cost(table, "with", 512, "downloadFiles", paths);
    expect(Math.round(bytes! / 1e6)).toBe(size);
    expect(megabytes / size).toBeLessThan(4.5);
  });

  it("of one large text does not hold all of it as a column too", async () => {
    const { megabytes } = await cost("large", "with", 512, "readRaw", "/file1.txt");
    expect(megabytes / 40).toBeLessThan(4);
  });
});
