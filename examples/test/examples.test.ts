import { readdirSync } from "node:fs";
import { createDatabase } from "@deepagents-internal/servers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { type Ended, run } from "./helpers/run.js";

const bucket = useBucket();
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

function example(...parameters: string[]): Promise<Ended> {
  return run("run.ts", { ...bucket.env, DATABASE_URL: database.url }, { parameters });
}

describe("npm run example", () => {
  // Output at the end, after the example has verified its files.
  it.each([
    ["s3_deep_agent", /^ {2}checksum: [0-9a-f]{64} {2}\/src\/calculator\.ts\n[\s\S]*has 5 lines in s3:/m],
    [
      "postgres_deep_agent",
      /- \[x\] anna[\s\S]*- \[x\] bob[\s\S]*- \[x\] carol[\s\S]*\/report\.md, \d+ bytes/,
    ],
    [
      "composite_backend",
      /^S3 +\/assets\/logo\.svg\nPostgreSQL +\/data\/.*\nPostgreSQL +\/memories\/.*\nstate +\/notes\.md$/m,
    ],
    [
      "many_tenants",
      /^\(nobody\): Error: Cannot write[\s\S]*^\/anna@example\.org\/me\.md\n\/bob@example\.org%2F/m,
    ],
    [
      "time_travel",
      /RUINED[\s\S]*^\/stray\.md: deleted\n\/guide\.md: restored$[\s\S]*^From there to the end:[\s\S]*^restore, \d+ bytes/m,
    ],
    [
      "custom_backend",
      /^SqliteBackend wrote \/notes\/sqlite\.md: SQLite is a DATABASE[\s\S]*^Two backends have made 10 edits/m,
    ],
    [
      "basic_usage",
      /copied \/logo\.png\n {2}copied \/src\/main\.ts\n\nThrown by initialize\(\): unavailable/,
    ],
  ])("%s runs and checks its own result", async (name, said) => {
    const { code, stdout, stderr } = await example(name);
    expect({ code, stderr: name === "many_tenants" ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(said);
    // Prints the address before it writes, without the password.
    const { host, pathname } = new URL(database.url);
    const needsPostgres = !["s3_deep_agent", "custom_backend"].includes(name);
    if (needsPostgres) expect(stdout).toContain(`the PostgreSQL of DATABASE_URL: ${host}${pathname}`);
    if (/s3|composite|basic/.test(name)) expect(stdout).toContain(`bucket ${bucket.options.bucket}`);
  });

  it("lists all examples", async () => {
    const { code, stderr } = await example("nope");
    expect(code).toBe(2);
    const files = readdirSync(new URL("..", import.meta.url)).filter((name) => name.endsWith(".ts"));
    const examples = files
      .map((name) => name.replace(/\.ts$/, ""))
      .filter((name) => !/^(run|servers)$/.test(name));
    const listed = [...stderr.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(examples.sort());
  });

  it("fails if an example fails", async () => {
    const env = { ...bucket.env, DATABASE_URL: "postgres://localhost:1/none" };
    const { code, stderr } = await run("run.ts", env, { parameters: ["postgres_deep_agent"] });
    expect(code).toBe(1);
    expect(stderr).toContain("nothing listens at its address");
  });

  it("uses the model of the provider whose key is set, and reports a missing package", async () => {
    // This is also the second run of one that creates files: it has cleaned up what was left.
    const env = { ...bucket.env, OPENAI_API_KEY: "none" };
    const { code, stdout, stderr } = await run("run.ts", env, { parameters: ["s3_deep_agent"] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /openai:\S+ cannot be used\. [\s\S]*add @langchain\/openai[\s\S]*a scripted model/,
    );
  });
});
