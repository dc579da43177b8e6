import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresFileStore } from "../../src/index.js";
import { alter, useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
/** Roles belong to the whole server: their names must be this run's own. */
let suffix: string;
let owner: HistoryStore;
let app: HistoryStore;
let sql: Sql;

/** The documented rights of a role that reads the history, in the database of this test. */
function grants(role: string): string {
  const page = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n### Roles and the history\n");
  const [, block] = /```sql\n(.*?)```/s.exec(section) ?? [];
  expect(block).toBeDefined();
  return block!.replaceAll(" TO app;", ` TO ${role};`);
}

const clientOf = (role: string) =>
  postgres(alter(database.url, { user: role, password: "secret" }), { max: 2, onnotice: () => {} });

describe("with roles of the server", () => {
  beforeAll(async () => {
    suffix = new URL(database.url).pathname.slice(1);
    owner = await HistoryStore.open(database);
    await owner.put("a.txt", "1");
    for (const name of ["app", "blind", "forger"]) {
      await database.sql.unsafe(`
      CREATE ROLE ${name}_${suffix} LOGIN PASSWORD 'secret';
      GRANT SELECT, INSERT, UPDATE, DELETE ON agent_files TO ${name}_${suffix}`);
    }
    await database.sql.unsafe(grants(`app_${suffix}`).replaceAll("agents.agent_files", "agent_files"));
    await database.sql.unsafe(`GRANT CREATE ON SCHEMA public TO forger_${suffix}`);
    sql = clientOf(`app_${suffix}`);
    app = await HistoryStore.open(database, { sql });
  });
  afterAll(async () => {
    await sql.end();
    const roles = ["app", "blind", "forger"].map((name) => `${name}_${suffix}`);
    await database.sql.unsafe(`DROP OWNED BY ${roles}; DROP ROLE ${roles}`);
  });

  describe("the agents' role", () => {
    it("has its changes recorded, and reads the history", async () => {
      await app.put("b.txt", "1", "write", { agent: "x" });
      await app.put("b.txt", "2");
      await app.delete("b.txt");
      expect(await app.contents("b.txt")).toEqual(["1", "2", undefined]);
    });

    it.each([
      "UPDATE agent_files_history SET content = NULL",
      "DELETE FROM agent_files_history",
      "TRUNCATE agent_files_history",
      "INSERT INTO agent_files_history (path, version_id, changed_tx, changed_kind, changed_at) VALUES ('x', 1, 1, 'write', now())",
      "SELECT path FROM agent_files_history FOR UPDATE",
      "SELECT setval('agent_files_history_id', 1)",
      "DROP TABLE agent_files_history",
      "ALTER TABLE agent_files_history ADD COLUMN x int",
      "ALTER TABLE agent_files DISABLE TRIGGER ALL",
      "ALTER TABLE agent_files DISABLE TRIGGER deepagents_remote_history",
      "DROP TRIGGER deepagents_remote_history ON agent_files",
      "DROP FUNCTION agent_files_history_record() CASCADE",
      "SET session_replication_role = replica",
      "TRUNCATE agent_files",
    ])("may not run %s", async (statement) => {
      const before = await owner.changes();
      await expect(sql.unsafe(statement)).rejects.toMatchObject({
        code: expect.stringMatching(/^42501$|^42P/),
      });
      expect(await owner.changes()).toEqual(before);
    });

    it("cannot make the trigger erase, or record what it must not", async () => {
      await owner.put("c.txt", "1");
      await app.put("c.txt", "2");
      const origin = (value: string) =>
        sql.begin(async (transaction) => {
          await transaction`SELECT set_config('deepagents_remote.origin', ${value}, true)`;
          await transaction`UPDATE agent_files SET content = ${sql.json({ content: [value] })}, modified_at = clock_timestamp() WHERE path = 'c.txt'`;
        });
      await origin('{"kind": "delete", "by": "text"}');
      await origin('{"kind": "create", "by": []}');
      await origin(JSON.stringify({ kind: "edit", by: { user: "x".repeat(10_000) } }));
      expect((await owner.versions("c.txt")).slice(2)).toMatchObject([
        { kind: "write" },
        { kind: "write" },
        { kind: "write" },
      ]);
      expect((await owner.versions("c.txt")).filter(({ by }) => by)).toEqual([]);
      await sql.begin(async (transaction) => {
        await transaction`SELECT set_config('deepagents_remote.origin', '{"kind": "erase"}', true)`;
        await transaction`DELETE FROM agent_files WHERE path = 'c.txt'`;
      });
      expect(await owner.contents("c.txt")).toHaveLength(6);
      expect((await owner.versions("c.txt")).at(-1)).toMatchObject({ kind: "delete" });
    });

    it("cannot use the trigger function for a table of its own", async () => {
      const forger = clientOf(`forger_${suffix}`);
      await forger`CREATE TABLE forged AS TABLE agent_files`;
      await expect(
        forger`CREATE TRIGGER forge AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION agent_files_history_record()`,
      ).rejects.toMatchObject({ code: "42501" });
      await forger.end();
    });

    it("cannot shadow what the trigger uses", async () => {
      const forger = clientOf(`forger_${suffix}`);
      await forger.unsafe(`
      CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'epoch'::timestamptz $$;
      CREATE TEMPORARY TABLE agent_files_history (path text)`);
      await forger.begin(async (transaction) => {
        await transaction`SET LOCAL search_path = public, pg_temp, pg_catalog`;
        await transaction`INSERT INTO public.agent_files (path, content) VALUES ('shadow.txt', '{"content": []}')`;
      });
      const [entry] = await owner.versions("shadow.txt");
      expect(entry!.at.getTime()).toBeGreaterThan(1_000_000);
      await forger.end();
      await database.sql`DROP FUNCTION public.clock_timestamp()`;
    });

    it("may not erase, and is told the GRANT", async () => {
      await app.put("d.txt", "1");
      for (const before of [undefined, new Date()]) {
        await expect(app.history.erase("d.txt", { ...CALL, scope: "all", before })).rejects.toMatchObject({
          code: "permission-denied",
          hint: expect.stringMatching(/GRANT SELECT, (INSERT, )?DELETE ON public\."agent_files_history" TO/),
        });
      }
      expect(await app.contents("d.txt")).toEqual(["1"]);
      expect(await app.store.get(["d.txt"], CALL)).toMatchObject([{ content: "1" }]);
    });

    it("with that GRANT erases", async () => {
      await database.sql.unsafe(`GRANT DELETE ON agent_files_history TO app_${suffix}`);
      await app.put("e.txt", "1");
      await app.put("e.txt", "2");
      expect(await app.history.erase("e.txt", { ...CALL, scope: "file" })).toEqual({ files: 1, versions: 2 });
      expect(await owner.versions("e.txt")).toEqual([]);
      await database.sql.unsafe(`REVOKE DELETE ON agent_files_history FROM app_${suffix}`);
    });
  });

  describe("a role without rights on the history", () => {
    it("has its changes recorded, and is told the GRANT when it reads them", async () => {
      const client = clientOf(`blind_${suffix}`);
      const blind = await HistoryStore.open(database, { sql: client });
      await blind.put("blind.txt", "1");
      expect(await owner.contents("blind.txt")).toEqual(["1"]);
      const denied = { code: "permission-denied", hint: expect.stringContaining("GRANT SELECT ON") };
      await expect(blind.versions("blind.txt")).rejects.toMatchObject(denied);
      await expect(blind.changes()).rejects.toMatchObject(denied);
      await expect(blind.history.resolve(new Date(), CALL)).rejects.toMatchObject(denied);
      await expect(blind.filesAt("v1.1")).rejects.toMatchObject(denied);
      await client.end();
    });

    it("cannot turn a history on, and is told the statements", async () => {
      await HistoryStore.open(database, { table: "unrecorded", history: false });
      await database.sql.unsafe(`GRANT ALL ON unrecorded TO blind_${suffix}`);
      await database.sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`;
      const client = clientOf(`blind_${suffix}`);
      const store = new PostgresFileStore({ sql: client, table: "unrecorded", history: true });
      await expect(store.open(CALL)).rejects.toMatchObject({
        code: "permission-denied",
        hint: expect.stringContaining("CREATE TRIGGER"),
      });
      await client.end();
    });
  });

  describe("a superuser that sets up the history of another role's table", () => {
    it("gives it to that role", async () => {
      const { sql: superuser } = database;
      await HistoryStore.open(database, { table: "owned", history: false });
      await superuser.unsafe(`ALTER TABLE owned OWNER TO forger_${suffix}`);
      await HistoryStore.open(database, { table: "owned" });
      const owners = await superuser`
      SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class WHERE relname LIKE 'owned%'
      UNION SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'owned_history_record'`;
      expect(owners.map(({ owner: role }) => role)).toEqual([`forger_${suffix}`]);
    });
  });
});
