import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { PostgresBackend } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";

const ROLES = ["secured", "secured_member"];

// Registered first, so that it runs while the database is still there.
afterAll(async () => {
  for (const role of ROLES) await database.sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

const database = useDatabase();

beforeAll(async () => {
  await database.backend().uploadFiles([["/mine/a.txt", Buffer.from("a")]]);
  await database.backend().uploadFiles([["/theirs/b.txt", Buffer.from("b")]]);
  for (const role of ROLES) await database.sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  await database.sql`GRANT secured TO secured_member`;
  await database.sql`GRANT SELECT, INSERT, UPDATE, DELETE ON agent_files TO secured`;
});

const backendOf = (user: string, readOnly = false): PostgresBackend =>
  database.backend({ url: alter(database.url, { user, password: "secret" }), readOnly });

const policy = (rest: string) => database.sql.unsafe(`CREATE POLICY own ON agent_files ${rest}`);

describe("row level security", () => {
  beforeAll(async () => {
    await database.sql`ALTER TABLE agent_files ENABLE ROW LEVEL SECURITY`;
  });
  afterAll(async () => {
    await database.sql`ALTER TABLE agent_files DISABLE ROW LEVEL SECURITY`;
  });

  it.each([
    ["no policy", undefined],
    ["a policy of another role", "TO postgres USING (true)"],
    ["a policy that only restricts", "AS RESTRICTIVE USING (true)"],
    ["a policy of another command", "FOR INSERT WITH CHECK (true)"],
  ])("with %s is refused if it would hide every file without an error", async (_, rest) => {
    if (rest) await policy(rest);
    const refusal = {
      code: "misconfigured",
      message: expect.stringContaining("Row level security hides every file"),
    };
    for (const backend of [backendOf("secured"), backendOf("secured_member"), backendOf("secured", true)]) {
      await expect(backend.initialize()).rejects.toMatchObject(refusal);
      expect(await backend.check()).toMatchObject({
        ok: false,
        error: refusal,
        details: { table: "misconfigured" },
      });
      expect((await backend.ls("/")).error).toContain("Row level security");
      expect(await backend.downloadFiles(["/mine/a.txt"])).toMatchObject([{ error: "permission_denied" }]);
    }
    await database.sql`DROP POLICY IF EXISTS own ON agent_files`;
  });

  it.each(["", "TO secured"])("with a policy %j is obeyed, and reported by check()", async (to) => {
    await policy(`${to} USING (path LIKE 'mine/%')`);
    for (const backend of [backendOf("secured"), backendOf("secured_member")]) {
      await backend.initialize();
      expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(["/mine/a.txt"]);
      const { ok, warnings } = await backend.check();
      expect({ ok, warnings }).toEqual({
        ok: true,
        warnings: [{ code: "row-level-security", message: expect.stringMatching(/look missing\.$/) }],
      });
    }
    await database.sql`DROP POLICY own ON agent_files`;
  });

  it("is reported by command if a role may read and not delete", async () => {
    await policy("FOR SELECT USING (true)");
    const { warnings } = await backendOf("secured").check();
    expect(warnings[0]?.message).toContain("No policy lets it UPDATE or DELETE");
    await database.sql`DROP POLICY own ON agent_files`;
  });

  it("does not apply to a superuser, nor to the owner unless forced", async () => {
    const { ok, warnings } = await database.backend().check();
    expect({ ok, warnings }).toEqual({ ok: true, warnings: [] });
  });
});
