import { readFileSync } from "node:fs";
import { CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { PostgresBackend, PostgresBackendOptions } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";

/** Returns the blocks of SQL under a heading of the documentation. */
function sqlUnder(heading: string): string[] {
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const [, section = ""] = page.split(`\n${heading}\n`);
  return [...section.split(/\n#+ /)[0]!.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!);
}

const GRANTS = sqlUnder("## PostgreSQL roles");

const database = useDatabase();

describe("a role with the documented rights and no others", () => {
  /** Roles belong to the whole server: their names must be this run's own. */
  let suffix: string;
  let owner: PostgresBackend;
  const roles: string[] = [];

  beforeAll(async () => {
    suffix = new URL(database.url).pathname.slice(1);
    await database.sql.unsafe(`
      REVOKE ALL ON DATABASE ${suffix} FROM PUBLIC;
      REVOKE ALL ON SCHEMA public FROM PUBLIC`);
    owner = database.backend({ schema: "agents" });
    await owner.initialize();
    expect(GRANTS).toHaveLength(2);
    await create("app", GRANTS[0]!);
    await create("reader", GRANTS[1]!);
  });

  afterAll(async () => {
    await database.sql.unsafe(`DROP OWNED BY ${roles}; DROP ROLE ${roles}`);
  });

  async function create(name: string, grants: string): Promise<void> {
    const role = `${name}_${suffix}`;
    const own = grants.replaceAll(`TO ${name};`, `TO ${role};`);
    expect(own).not.toBe(grants);
    await database.sql.unsafe(`
      CREATE ROLE ${role} LOGIN PASSWORD 'secret';
      GRANT CONNECT ON DATABASE ${suffix} TO ${role};
      ${own}`);
    roles.push(role);
  }

  const backendOf = (name: string, options: PostgresBackendOptions = {}) =>
    database.backend({
      url: alter(database.url, { user: `${name}_${suffix}`, password: "secret" }),
      schema: "agents",
      ...options,
    });

  describe("to use the table", () => {
    let backends: PostgresBackend[];
    beforeAll(() => {
      backends = [1, 2].map(() => backendOf("app"));
    });

    defineBackendTests({
      name: "PostgresBackend with few rights",
      timeoutMs: CASE_TIMEOUT_MS,
      create: ({ name }) => {
        const open = (backend: PostgresBackend) => backend.withNamespace([name]);
        return { backend: open(backends[0]!), open: () => open(backends[1]!) };
      },
      capabilities: { ownRoot: true },
    });

    it("may do nothing else", async () => {
      const outside = backendOf("app", { table: "other" });
      await expect(outside.initialize()).rejects.toMatchObject({ code: "permission-denied" });
      await expect(backends[0]!.createSearchIndex()).resolves.toBeUndefined();
    });
  });

  describe.each([
    ["a read-only backend", { readOnly: true }, "read-only"],
    ["any other backend", {}, "lacks a privilege"],
  ])("to read, in %s", (_, options, refusal) => {
    const LATIN1 = new Uint8Array([0xe9, 0, 0xff]);
    let reader: PostgresBackend;
    beforeAll(async () => {
      await owner.uploadFiles([
        ["/docs/a.txt", Buffer.from("needle one\nneedle two\n")],
        ["/docs/deep/b.md", Buffer.from("no match\n")],
        ["/docs/c.png", LATIN1],
      ]);
      reader = backendOf("reader", options);
    });

    const rows = () => database.sql`
      SELECT *, xmin, (SELECT count(*) FROM agents.agent_files) AS rows
      FROM agents.agent_files WHERE path LIKE 'docs/%' ORDER BY path`;

    it("initialize() works", async () => {
      await expect(reader.initialize()).resolves.toBeUndefined();
    });

    it("methods that read answer as for the owner", async () => {
      expect((await reader.read("/docs/a.txt")).content).toBe("needle one\nneedle two\n");
      expect((await reader.downloadFiles(["/docs/c.png"]))[0]).toMatchObject({
        content: LATIN1,
        error: null,
      });
      expect((await reader.grep("needle", "/docs")).matches).toHaveLength(2);
      for (const ask of [
        (backend: PostgresBackend) => backend.ls("/docs"),
        (backend: PostgresBackend) => backend.glob("**/*.md", "/docs"),
        (backend: PostgresBackend) => backend.grep("needle", "/docs"),
        (backend: PostgresBackend) => backend.read("/docs/a.txt", 1, 1),
        (backend: PostgresBackend) => backend.readRaw("/docs/deep/b.md"),
        (backend: PostgresBackend) => backend.downloadFiles(["/docs/a.txt", "/docs/none.txt"]),
      ]) {
        expect(await ask(reader)).toEqual(await ask(owner));
      }
    });

    it("methods that write are refused in the shape of their result, and change nothing", async () => {
      const before = await rows();
      for (const answer of [
        await reader.write("/docs/new.txt", "x"),
        await reader.edit("/docs/a.txt", "one", "1"),
        await reader.delete("/docs/a.txt"),
        await reader.delete("/docs"),
      ]) {
        expect(answer).toEqual({ error: expect.stringMatching(new RegExp(`^Error: .*${refusal}`)) });
      }
      expect(await reader.uploadFiles([["/docs/a.txt", Buffer.from("x")]])).toEqual([
        { path: "/docs/a.txt", error: "permission_denied", message: expect.stringContaining(refusal) },
      ]);
      expect(await rows()).toEqual(before);
    });
  });
});
