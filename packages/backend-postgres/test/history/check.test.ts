import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend } from "../../src/index.js";
import { alter, useDatabase } from "../helpers/database.js";
import { CALL, expectConsistent, HistoryStore } from "../helpers/history.js";
import { Replication } from "../helpers/replication.js";

const database = useDatabase();

const warnings = async (table: string, options = {}) => {
  const {
    warnings: found,
    details,
    ok,
  } = await database.backend({ table, history: true, ...options }).check();
  return { ok, history: details.history, warnings: found.map(({ code }) => code) };
};

describe("check() with a history", () => {
  it("says that it records", async () => {
    await HistoryStore.open(database, { table: "recorded" });
    expect(await warnings("recorded")).toEqual({ ok: true, history: "recording", warnings: [] });
    expect(await warnings("recorded", { history: false })).toEqual({
      ok: true,
      history: undefined,
      warnings: [],
    });
  });

  it.each([
    ["without a trigger", "DROP TRIGGER deepagents_remote_history ON bare"],
    ["with a disabled trigger", "ALTER TABLE bare DISABLE TRIGGER deepagents_remote_history"],
    ["whose TRUNCATE is not recorded", "DROP TRIGGER deepagents_remote_history_truncate ON bare"],
    ["without a history table", "DROP TABLE bare_history"],
  ])("warns of a table %s, and changes nothing", async (_, statement) => {
    await HistoryStore.open(database, { table: "bare" });
    await database.sql.unsafe(statement);
    expect(await warnings("bare")).toEqual({ ok: true, history: "missing", warnings: ["history-missing"] });
    expect(await warnings("bare")).toMatchObject({ history: "missing" });
    await HistoryStore.open(database, { table: "bare" });
    expect(await warnings("bare")).toMatchObject({ history: "recording", warnings: [] });
  });

  it("warns of a missing index and an earlier trigger", async () => {
    await HistoryStore.open(database, { table: "older" });
    await database.sql`DROP INDEX idx_older_h_thread`;
    expect(await warnings("older")).toMatchObject({ history: "recording", warnings: ["history-incomplete"] });
    await HistoryStore.open(database, { table: "older" });
    expect(await warnings("older")).toMatchObject({ warnings: [] });
  });

  it("fails for a foreign table in its place", async () => {
    await HistoryStore.open(database, { table: "taken", history: false });
    await database.sql`CREATE TABLE taken_history (path text)`;
    const { ok, error } = await database.backend({ table: "taken", history: true }).check();
    expect({ ok, code: error?.code }).toEqual({ ok: false, code: "misconfigured" });
  });

  it("warns a role of what it may not do", async () => {
    const role = `checker_${randomBytes(4).toString("hex")}`;
    await HistoryStore.open(database, { table: "limited" });
    await database.sql.unsafe(`
      CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT SELECT, INSERT, UPDATE, DELETE ON limited TO ${role}`);
    const url = alter(database.url, { user: role, password: "secret" });
    const as = { url, history: { retention: { days: 30 } } };
    expect(await warnings("limited", as)).toMatchObject({
      warnings: ["history-unreadable", "history-retention"],
    });
    await database.sql.unsafe(`GRANT SELECT ON limited_history TO ${role}`);
    const backend = database.backend({ table: "limited", ...as });
    const [warning] = (await backend.check()).warnings;
    expect(warning?.code).toBe("history-retention");
    // The statement of the warning does what initialize() of the owner would.
    const store = await HistoryStore.open(database, { table: "limited" });
    for (const content of ["1", "2"]) await store.put("a.txt", content);
    await database.sql`UPDATE limited_history SET changed_at = changed_at - interval '40 days', ended_at = ended_at - interval '40 days'`;
    const [, statement] = /daily: (WITH .*);/s.exec(warning!.message) ?? [];
    await database.sql.unsafe(statement!);
    expect(await store.contents("a.txt")).toEqual(["2"]);
    await backend.close();
    await database.sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});

describe("a standby", () => {
  let servers: Replication;
  let clients: Record<"primary" | "standby", Sql>;
  beforeAll(async () => {
    servers = await Replication.start();
    const client = (url: string) => postgres(url, { max: 3, onnotice: () => {} });
    clients = { primary: client(servers.primary.url), standby: client(servers.standby.url) };
  });
  afterAll(async () => {
    await Promise.all(Object.values(clients).map((client) => client.end()));
    await servers.stop();
  });

  it("answers from the history, and opens without changing anything", async () => {
    const { primary, standby } = clients;
    const store = await HistoryStore.open(
      { ...database, sql: primary },
      { history: { retention: { days: 1 } } },
    );
    await store.put("a.txt", "1", "write", { thread: "t", checkpoint: "1" });
    await store.put("a.txt", "2", "edit", { thread: "t", checkpoint: "2" });
    await store.put("b.txt", "b");
    await store.delete("b.txt");
    await servers.caughtUp();
    const options = { history: { retention: { days: 1 } } };
    const reader = await HistoryStore.open({ ...database, sql: standby }, options);
    const readOnly = await HistoryStore.open({ ...database, sql: standby }, { ...options, readOnly: true });
    for (const copy of [reader, readOnly]) {
      expect(await copy.contents("a.txt")).toEqual(["1", "2"]);
      expect(await copy.changes()).toEqual(await store.changes());
      const snapshot = await copy.history.resolve({ thread: "t", checkpoint: "2" }, CALL);
      expect(await copy.filesAt(snapshot)).toEqual({ "a.txt": "1" });
      expect(await copy.history.resolve(new Date(), CALL)).toMatch(/^t\d+\.\d+$/);
    }
    const backend = new PostgresBackend({ sql: standby, readOnly: true, history: true });
    expect((await backend.check()).warnings).toEqual([]);
    await expectConsistent(primary, "agent_files");
  });

  it("does not show a change of a transaction that began later than an open one", async () => {
    const { primary, standby } = clients;
    const store = new HistoryStore((await HistoryStore.open({ ...database, sql: primary })).store);
    const reader = await HistoryStore.open({ ...database, sql: standby });
    await primary.begin(async (early) => {
      await early`INSERT INTO agent_files (path, content) VALUES ('late/1', '{"content": []}')`;
      await store.put("late/2", "2");
      await servers.caughtUp();
      expect(await reader.changes("late/")).toEqual([]);
    });
    await store.put("late/3", "3");
    await servers.caughtUp();
    expect((await reader.changes("late/")).map(({ key }) => key)).toEqual(["late/1", "late/2", "late/3"]);
  });
});
