import { createDatabase } from "@deepagents-internal/servers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { run } from "./helpers/run.js";

const TOOLS = ["ls", "glob", "grep", "read_file", "write_file", "edit_file", "delete"];

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

async function stored(): Promise<Map<string, string>> {
  const sql = postgres(database.url, { max: 1 });
  try {
    const rows = await sql<{ path: string; lines: string[] }[]>`
      select path, content -> 'content' as lines from agent_files`;
    return new Map(rows.map(({ path, lines }) => [path, lines.join("\n")]));
  } finally {
    await sql.end();
  }
}

describe("npm start, twice", () => {
  it("lets an agent use every file tool, and a second process find its files", async () => {
    const { code, stdout, stderr } = await run("start/main.ts", { TEST_POSTGRES_URL: database.url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const tool of TOOLS) expect(stdout).toMatch(new RegExp(`^ {5}${tool} /?\\S`, "m"));
    expect(stdout).toContain("this is the first");
    expect(stdout).toMatch(/PostgreSQL .*\(TEST_POSTGRES_URL\)/);
    expect(stdout).toMatch(/^✓ \d+ files there, byte for byte; \/scratch\/\S+ is gone\.$/m);
    expect(stdout).not.toContain("\u001b");

    const files = await stored();
    const report = files.get("npm-start/reports/run-001.md");
    expect(report).toMatch(/^# Run 1: .*\n\nStatus: final\n/);
    expect(report).toMatch(/- PostgresBackend, packages\/backend-postgres\/src\/postgres-backend\.ts:\d+\n/);
    expect(files.get("npm-start/workspace/packages/core/src/index.ts")).toContain("export");
    expect([...files.keys()].filter((path) => path.includes("scratch"))).toEqual([]);
  });

  it("finds the first run's files the second time, reports it, and leaves them unchanged", async () => {
    const first = (await stored()).get("npm-start/reports/run-001.md");
    const { code, stdout } = await run("start/main.ts", { TEST_POSTGRES_URL: database.url });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Earlier runs left 1 report and \d+ other files here:\n {2}\/reports\/run-001\.md/m,
    );

    const files = await stored();
    expect(files.get("npm-start/reports/run-001.md")).toBe(first);
    expect(files.get("npm-start/reports/run-002.md")).toContain(
      `- /reports/run-001.md, ${Buffer.byteLength(first!)} bytes`,
    );
  });
});

describe("the second process", () => {
  const report = "/reports/run-001.md";

  it.each([
    [
      "is missing",
      { present: { "/workspace/never": "00" }, absent: [] },
      "1 file missing (/workspace/never)",
    ],
    ["is not what was written", { present: { [report]: "00" }, absent: [] }, `1 file changed (${report})`],
    ["should be gone", { present: {}, absent: [report] }, `1 file not deleted (${report})`],
  ])("fails if a file %s", async (_what, manifest, message) => {
    const { code, stderr } = await run(
      "start/verify.ts",
      { DATABASE_URL: database.url },
      { input: JSON.stringify({ ...manifest, report }) },
    );
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

describe("npm run db", () => {
  it("says how to inspect an external server, without its password", async () => {
    const { code, stdout } = await run("start/db.ts", { DATABASE_URL: database.url });
    expect(code).toBe(0);
    expect(stdout).toContain('psql "$DATABASE_URL" -c "SELECT path, modified_at FROM agent_files');
    expect(stdout).not.toContain(`:${new URL(database.url).password}@`);
  });
});

describe("reports a failure with a remedy", () => {
  it.each([
    [
      "no server there",
      { DATABASE_URL: "postgres://me:secret@127.0.0.1:1/db" },
      /unset DATABASE_URL to have/,
    ],
    ["not an address", { DATABASE_URL: "localhost" }, /^\n✗ DATABASE_URL must look like postgres:\/\//],
    ["a model without a provider", { MODEL: "gpt" }, /MODEL must look like provider:name/],
    ["an unknown provider", { MODEL: "nobody:gpt" }, /Supported model providers are: /],
    ["no package", { MODEL: "perplexity:sonar" }, /pnpm@10 --filter \.\/examples add @langchain\/perplexity/],
  ])("%s", async (_what, env, message) => {
    const { code, stderr } = await run("start/main.ts", { ...env });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("secret");
    expect(stderr).not.toContain("    at ");
  });
});
