import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import { MemoryFileStore, type PointInTime } from "@deepagents-remote/core/adapter";
import { beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
const run = promisify(execFile);
let store: HistoryStore;
beforeAll(async () => {
  store = await HistoryStore.open(database);
});

/** Everything that is stored in both tables, as text. */
const dump = async () => {
  const rows = await database.sql`
    SELECT (f.*)::text AS row FROM agent_files AS f UNION ALL SELECT (f.*)::text FROM agent_files_history AS f`;
  return rows.map(({ row }) => row).join("\n");
};

const SECRETS = ["secret-one", "secret-two", "secret-three", "secret-large"];

async function writeSecrets(key: string): Promise<void> {
  await store.put(key, "secret-one");
  await store.put(key, new TextEncoder().encode("\0\xff secret-two"));
  await store.delete(key);
  await store.put(key, `secret-three ${"x".repeat(5_000)}`);
  await store.put(key, `${"secret-large\n".repeat(400_000)}`);
}

describe("erase", () => {
  it("leaves no byte of a file in the database", async () => {
    await writeSecrets("dir/a.txt");
    await store.put("dir.txt", "kept 1");
    await store.put("dir.txt", "kept 2");
    const before = await dump();
    for (const secret of SECRETS.filter((name) => name !== "secret-two" && name !== "secret-large")) {
      expect(before).toContain(secret);
    }
    expect(await store.history.erase("dir", { ...CALL, scope: "all" })).toEqual({ files: 1, versions: 4 });
    const after = await dump();
    expect(after).not.toContain("dir/a.txt");
    for (const secret of SECRETS) {
      expect(after).not.toContain(secret);
      expect(after).not.toContain(Buffer.from(secret).toString("hex"));
    }
    expect(await store.contents("dir.txt")).toEqual(["kept 1", "kept 2"]);
    await store.put("dir/a.txt", "new");
    expect(await store.versions("dir/a.txt")).toMatchObject([{ kind: "create" }]);
  });

  const pgDump = ["/usr/lib/postgresql/15/bin/pg_dump", ...versions()].find(existsSync);
  function versions(): string[] {
    const root = "/usr/lib/postgresql";
    return existsSync(root) ? readdirSync(root).map((version) => `${root}/${version}/bin/pg_dump`) : [];
  }
  (pgDump ? it : it.skip)("leaves nothing in a dump by pg_dump", async () => {
    await writeSecrets("dumped.txt");
    const dumped = async () => (await run(pgDump!, [database.url], { maxBuffer: 2 ** 30 })).stdout;
    expect(await dumped()).toContain("secret-three");
    await store.history.erase("dumped.txt", { ...CALL, scope: "file" });
    const text = await dumped();
    for (const secret of SECRETS) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(Buffer.from(secret).toString("hex"))).toBe(false);
    }
    expect(text.includes("dumped.txt")).toBe(false);
  });

  it("counts files from before the history", async () => {
    const { sql } = database;
    await HistoryStore.open(database, { table: "aged", history: false });
    await sql`INSERT INTO aged (path, content) VALUES ('x/1', '{"content": ["1"]}'), ('x/2', '{"content": ["2"]}')`;
    const aged = await HistoryStore.open(database, { table: "aged" });
    await aged.put("x/2", "3");
    expect(await aged.history.erase("x", { ...CALL, scope: "descendants" })).toEqual({
      files: 2,
      versions: 3,
    });
    expect(await sql`SELECT path FROM aged UNION ALL SELECT path FROM aged_history`).toEqual([{ path: "" }]);
  });

  it("of everything keeps the beginning of the history", async () => {
    const whole = await HistoryStore.open(database, { table: "whole" });
    await whole.put("a", "1");
    await whole.put("b/c", "2");
    await whole.delete("a");
    expect(await whole.history.erase("", { ...CALL, scope: "all" })).toEqual({ files: 1, versions: 2 });
    expect(await database.sql`SELECT path, changed_kind FROM whole_history`).toEqual([
      { path: "", changed_kind: "begin" },
    ]);
  });

  it("removes a file together with a change that is being made", async () => {
    await store.put("racing.txt", "1");
    let erasing: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction`UPDATE agent_files SET content = '{"content": ["unseen"]}', modified_at = clock_timestamp() WHERE path = 'racing.txt'`;
      erasing = store.history.erase("racing.txt", { ...CALL, scope: "file" });
      for (let waiting = 0; waiting === 0; ) {
        const [row] =
          await database.sql`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        waiting = row?.n;
      }
    });
    await expect(erasing).resolves.toMatchObject({ files: 1 });
    expect(await store.versions("racing.txt")).toEqual([]);
    expect(await dump()).not.toContain("unseen");
  });

  it("of old versions removes what the reference implementation does", async () => {
    const memory = new MemoryFileStore({ history: true });
    const other = await HistoryStore.open(database, { table: "before" });
    const both = async (key: string, content: string | undefined) => {
      if (content === undefined) {
        await memory.delete(key, { ...CALL, scope: "file" });
        await other.delete(key);
      } else {
        await memory.put([{ key, id: `${key}${content}`, condition: "overwrite", content }], CALL);
        await other.put(key, content);
      }
    };
    const tick = () => database.sql`SELECT pg_sleep(0.005)`;
    for (const key of ["kept", "gone", "gone then back", "late"]) await both(key, "1");
    for (const key of ["kept", "gone", "gone then back"]) await both(key, "2");
    for (const key of ["gone", "gone then back"]) await both(key, undefined);
    await tick();
    const [row] = await database.sql`SELECT clock_timestamp() AS now`;
    await tick();
    for (const key of ["kept", "late", "gone then back"]) await both(key, "3");
    await both("late", undefined);
    const erasure = { ...CALL, scope: "all", before: row?.now } as const;
    expect(await other.history.erase("", erasure)).toEqual(await memory.history!.erase("", erasure));
    for (const key of ["kept", "gone", "gone then back", "late"]) {
      const expected = await memory.history!.versions(key, { ...CALL, limit: 10 });
      expect((await other.versions(key)).reverse().map(({ kind }) => kind)).toEqual(
        expected.map(({ kind }) => kind),
      );
    }
    expect(await other.contents("kept")).toEqual(["2", "3"]);
  });
});

describe("the history of files whose old versions were erased", () => {
  const refused = (begin: Date) => ({
    code: "invalid-options",
    message: expect.stringContaining(begin.toISOString()),
  });
  let begun: HistoryStore;
  let start: Date;
  let before: Date;
  const time = async () => {
    const [row] = await database.sql`SELECT clock_timestamp() AS now, pg_sleep(0.002)`;
    return row?.now as Date;
  };
  beforeAll(async () => {
    begun = await HistoryStore.open(database, { table: "begun" });
    for (const key of ["a/1", "a/2", "b/1"]) {
      await begun.put(key, "1", "write", { thread: "t", checkpoint: "c1" });
      await begun.put(key, "2");
    }
    await begun.delete("a/2");
    start = await time();
    before = await time();
    for (const key of ["a/1", "b/1"]) await begun.put(key, "3");
  });
  const resolve = (point: PointInTime, root = "") => begun.history.resolve(point, { ...CALL, root });

  it("begins then, for every root that it overlaps", async () => {
    const [, second, third] = await begun.versions("a/1");
    expect(await begun.history.erase("a", { ...CALL, scope: "all", before })).toEqual({
      files: 0,
      versions: 3,
    });
    for (const root of ["", "a/", "a/deep/"])
      await expect(resolve(start, root)).rejects.toMatchObject(refused(before));
    for (const root of ["", "a/"])
      await expect(resolve({ version: second!.id }, root)).rejects.toMatchObject(refused(before));
    await expect(resolve({ thread: "t", checkpoint: "c1" })).rejects.toMatchObject(refused(before));
    const at = await resolve(before);
    expect(await begun.filesAt(at)).toEqual({ "a/1": "2", "b/1": "2" });
    expect(await begun.filesAt(await resolve({ version: third!.id }))).toEqual({ "a/1": "3", "b/1": "2" });
  });

  it("stays as it was elsewhere", async () => {
    for (const root of ["b/", "ab/"]) await resolve(start, root);
    await resolve({ thread: "t", checkpoint: "c1" }, "b/");
    await begun.history.erase("b/1", { ...CALL, scope: "file", before });
    await expect(resolve(start, "b/")).rejects.toMatchObject(refused(before));
    await resolve(start, "b/1x/");
  });

  it("keeps one beginning for each prefix, and has no present time while an earlier transaction is open", async () => {
    const { sql } = database;
    await sql.begin(async (open) => {
      await open`INSERT INTO begun (path, content) VALUES ('open', '{"content": []}')`;
      await begun.put("a/1", "4");
      await begun.history.erase("a", { ...CALL, scope: "all", before: new Date(Date.now() + 60_000) });
      await expect(resolve(await begun.now())).rejects.toMatchObject({ code: "unavailable" });
    });
    expect(await begun.filesAt(await resolve(await begun.now()))).toMatchObject({ "a/1": "4", "b/1": "3" });
    expect(
      await sql`SELECT content FROM begun_history WHERE path = '' AND version_id < 0 ORDER BY 1`,
    ).toEqual([{ content: "a/" }, { content: "b/1" }]);
  });

  it("is erased in batches", async () => {
    const many = await HistoryStore.open(database, { table: "many" });
    await database.sql`INSERT INTO many (path, content) SELECT 'd/f' || i, '{"content": []}' FROM generate_series(1, 2500) AS i`;
    await database.sql`UPDATE many SET content = '{"content": ["x"]}', modified_at = clock_timestamp()`;
    const erasure = { ...CALL, scope: "all", before: await many.now() } as const;
    const statements: string[] = [];
    const sql = postgres(database.url, {
      max: 1,
      onnotice: () => {},
      debug: (_, query) => statements.push(query),
    });
    const spied = await HistoryStore.open(database, { table: "many", sql });
    statements.length = 0;
    expect(await spied.history.erase("d", erasure)).toEqual({ files: 0, versions: 2_500 });
    await sql.end();
    expect(statements.filter((statement) => statement.includes("DELETE"))).toHaveLength(1 + 3);
  });
});

describe("retention", () => {
  it("deletes expired versions in initialize(), and the history begins later", async () => {
    const { sql } = database;
    const old = await HistoryStore.open(database, { table: "expiring" });
    for (const content of ["1", "2", "3"]) await old.put("a.txt", content);
    await old.put("b.txt", "1");
    await old.delete("b.txt");
    await old.put("c.txt", "1");
    // As if all of it had been made ten days ago.
    await sql`UPDATE expiring_history SET changed_at = changed_at - interval '10 days', ended_at = ended_at - interval '10 days'`;
    const begin = (await sql`SELECT changed_at FROM expiring_history WHERE path = ''`)[0]?.changed_at;
    await old.put("a.txt", "4");
    await HistoryStore.open(database, { table: "expiring", history: { retention: { days: 11 } } });
    expect(await old.contents("a.txt")).toEqual(["1", "2", "3", "4"]);
    const kept = await HistoryStore.open(database, {
      table: "expiring",
      history: { retention: { days: 9 } },
    });
    expect(await kept.contents("a.txt")).toEqual(["3", "4"]);
    expect(await kept.contents("b.txt")).toEqual([]);
    expect(await kept.contents("c.txt")).toEqual(["1"]);
    await expect(kept.history.resolve(begin, CALL)).rejects.toMatchObject({ code: "invalid-options" });
  });

  it("deletes more than a batch", async () => {
    const { sql } = database;
    const many = await HistoryStore.open(database, { table: "batches" });
    await sql`INSERT INTO batches (path, content) SELECT 'f' || i, '{"content": []}' FROM generate_series(1, 2500) AS i`;
    await many.delete("", "all");
    await sql`UPDATE batches_history SET changed_at = changed_at - interval '3 days', ended_at = ended_at - interval '3 days'`;
    await HistoryStore.open(database, { table: "batches", history: { retention: { days: 2 } } });
    expect(await sql`SELECT path FROM batches_history`).toEqual([{ path: "" }]);
  });

  it("takes a few batches at a time, and is no reason for operations to fail", async () => {
    const { sql } = database;
    const table = "backlog";
    const old = await HistoryStore.open(database, { table });
    await sql`INSERT INTO backlog (path, content) SELECT 'f' || i, '{"content": []}' FROM generate_series(1, 3000) AS i`;
    await old.delete("", "all");
    await sql`UPDATE backlog_history SET changed_at = changed_at - interval '3 days', ended_at = ended_at - interval '3 days'`;
    const count = async () =>
      (await sql`SELECT count(*)::int AS n FROM backlog_history WHERE path <> ''`)[0]?.n;
    await sql`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE lock_not_available; END'`;
    await sql`CREATE TRIGGER fails BEFORE DELETE ON backlog_history EXECUTE FUNCTION fail()`;
    await HistoryStore.open(database, { table, history: { retention: { days: 2 } } });
    await sql`DROP TRIGGER fails ON backlog_history`;
    expect(await count()).toBe(6_000);
    await HistoryStore.open(database, { table, history: { retention: { days: 2 } } });
    expect(await count()).toBe(1_000);
    await HistoryStore.open(database, { table, history: { retention: { days: 2 } } });
    expect(await count()).toBe(0);
  });
});
