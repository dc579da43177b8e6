import { createServer } from "node:net";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { RemoteBackend } from "@deepagents-remote/core";
import { layer } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, PostgresFileStore, schemaSql } from "../src/index.js";
import { repeatUntil } from "./helpers/activity.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();

describe("check() of a working backend", () => {
  it("reports server, table, indexes and connections", async () => {
    const backend = database.backend({ maxPoolSize: 3 });
    await backend.initialize();
    const [version] = await database.sql`SHOW server_version`;
    expect(await backend.check()).toEqual({
      ok: true,
      latencyMs: expect.any(Number),
      warnings: [],
      details: {
        server: version?.server_version.split(" ")[0],
        table: "complete",
        searchIndex: "ready",
        unadopted: 0,
        pool: { size: 3, open: 1, running: 0, waiting: 0 },
      },
    });
  });

  it("warns of channel binding that is requested and not enforced", async () => {
    const warnings = async (parameters: string) => {
      const backend = new PostgresBackend({ url: `${database.url}?${parameters}` });
      await backend.initialize();
      const health = await backend.check();
      await backend.close();
      return health.warnings.map(({ code }) => code);
    };
    expect(await warnings("channel_binding=require")).toEqual(["channel-binding"]);
    expect(await warnings("channel_binding=prefer")).toEqual([]);
  });

  it("works through layers", async () => {
    const backend = new RemoteBackend(layer(new PostgresFileStore({ url: database.url }), {}));
    expect(await backend.check()).toMatchObject({ ok: true, details: { table: "complete" } });
    await backend.close();
    expect(await backend.check()).toMatchObject({ ok: false, error: { code: "closed" } });
  });

  it("counts statements, and not the connections of a caller's client", async () => {
    const sql = postgres(database.url, { max: 2, onnotice: () => {} });
    const backend = new PostgresBackend({ sql });
    await backend.write("/locked.txt", "old");
    let editing: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'locked.txt' FOR UPDATE`;
      editing = backend.edit("/locked.txt", "old", "new");
      const waiting = () => database.sql`
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await waiting()).length === 0);
      expect(await backend.check()).toMatchObject({
        ok: true,
        details: { pool: { running: 1, waiting: 0 } },
      });
    });
    expect(await editing).toMatchObject({ occurrences: 1 });
    expect((await backend.check()).details.pool).toEqual({ running: 0, waiting: 0 });
    await backend.close();
    expect(await backend.check()).toMatchObject({ ok: false, error: { code: "closed" } });
    await sql.end();
  });
});

describe("check() reports the failure", () => {
  it("while the table is missing, and creates none", async () => {
    const backend = database.backend({ table: "absent", schema: "absent" });
    expect(await backend.check()).toMatchObject({
      ok: false,
      error: { code: "misconfigured", message: expect.stringContaining("does not exist") },
      details: { table: "missing" },
    });
    const [found] = await database.sql`SELECT to_regclass('absent.absent') IS NULL AS missing`;
    expect(found?.missing).toBe(true);
  });

  it("of a table that lacks columns, or only an index", async () => {
    await database.sql.unsafe(schemaSql({ table: "lacks", searchIndex: "off" })).simple();
    await database.sql`DROP INDEX idx_lacks_path_prefix`;
    const backend = database.backend({ table: "lacks" });
    expect(await backend.check()).toMatchObject({
      ok: true,
      warnings: [{ code: "index-missing" }],
      details: { table: "incomplete", searchIndex: "missing" },
    });
    await database.sql`ALTER TABLE lacks DROP COLUMN size`;
    expect(await backend.check()).toMatchObject({
      ok: false,
      error: { code: "misconfigured", message: expect.stringContaining("lacks columns") },
      details: { table: "incomplete" },
    });
  });

  it("of a table that is not one of files", async () => {
    await database.sql`CREATE TABLE other (id int)`;
    expect(await database.backend({ table: "other" }).check()).toMatchObject({
      ok: false,
      error: { code: "misconfigured", message: expect.stringContaining('no column "path"') },
      details: { table: "misconfigured" },
    });
  });

  it("to a role that may not read", async () => {
    await database.backend().initialize();
    await database.sql`CREATE ROLE checker LOGIN PASSWORD 'checker'`;
    const backend = database.backend({ url: alter(database.url, { user: "checker", password: "checker" }) });
    expect(await backend.check()).toMatchObject({
      ok: false,
      error: { code: "permission-denied" },
      details: { table: "complete" },
    });
    await backend.close();
    await database.sql`DROP ROLE checker`;
  });

  it("of a table without the path index, for a role that may not create it", async () => {
    await database.sql.unsafe(schemaSql({ table: "unindexed", searchIndex: "off" })).simple();
    await database.sql`DROP INDEX idx_unindexed_path_prefix`;
    await database.sql`CREATE ROLE unindexed LOGIN PASSWORD 'unindexed'`;
    await database.sql`GRANT SELECT, INSERT, UPDATE, DELETE ON unindexed TO unindexed`;
    const url = alter(database.url, { user: "unindexed", password: "unindexed" });
    const backend = database.backend({ url, table: "unindexed" });
    const health = { ok: true, details: { table: "incomplete" } };
    expect(await backend.check()).toMatchObject(health);
    await expect(backend.initialize()).resolves.toBeUndefined();
    expect(await backend.write("/d/a.txt", "needle")).not.toHaveProperty("error");
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/d/"]);
    expect((await backend.grep("needle")).matches).toHaveLength(1);
    expect(await backend.check()).toMatchObject(health);
    await backend.close();
    await database.sql`DROP OWNED BY unindexed`;
    await database.sql`DROP ROLE unindexed`;
  });

  it("when the database cannot be reached or refuses, without secrets", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    for (const [change, code] of [
      [{ port }, "unavailable"],
      [{ password: "hunter2" }, "misconfigured"],
    ] as const) {
      const health = await database.backend({ url: alter(database.url, { ...change }) }).check();
      expect(health).toMatchObject({
        ok: false,
        error: { code },
        details: { pool: { running: 0, waiting: 0 } },
      });
      expect(health.details).not.toHaveProperty("table");
      expect(JSON.stringify(health)).not.toContain("hunter2");
    }
  });

  it("when the server is silent, also on a connection that was open", async () => {
    const proxy = await FaultyProxy.start(new URL(database.url));
    const backend = database.backend({
      url: proxy.through(database.url),
      maxPoolSize: 1,
      operationTimeoutMs: 500,
    });
    // On a busy machine it takes longer than a check of a silent server should.
    const isOpen = async () => (await backend.check()).ok;
    await database.backend().initialize();
    await repeatUntil(isOpen, isOpen);
    for (const connection of proxy.connections) connection.stall();
    const silent = {
      ok: false,
      error: { code: "timeout", message: /^The (database .*|storage) did not answer in time/ },
    };
    const expected = {
      ...silent,
      error: { ...silent.error, message: expect.stringMatching(silent.error.message) },
    };
    expect(await backend.check()).toMatchObject({
      ...expected,
      details: { pool: { running: 1, waiting: 0 } },
    });
    // The only connection still waits for its answer, so this one is not even sent.
    expect(await backend.check()).toMatchObject({ ...expected, details: { pool: { waiting: 1 } } });
    await proxy.stop();
  });

  it("after close()", async () => {
    const backend = database.backend();
    await backend.close();
    expect(await backend.check()).toMatchObject({
      ok: false,
      error: { code: "closed" },
    });
  });
});

describe("the search index", () => {
  it("is missing, building, ready or broken; a full pool is reported as waiting statements", async () => {
    const backend = database.backend({
      table: "built",
      searchIndex: "off",
      maxPoolSize: 1,
      statementTimeoutMs: scaled(2_000),
    });
    await backend.initialize();
    const watcher = database.backend({ table: "built" });
    const state = async () => (await watcher.check()).details.searchIndex;
    expect(await state()).toBe("missing");

    let building: Promise<void> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      // CREATE INDEX CONCURRENTLY waits for whoever writes.
      await transaction`INSERT INTO built (path, content) VALUES ('a.txt', '{"content": ["a"]}')`;
      building = backend.createSearchIndex();
      while ((await state()) !== "building");
      // It has no timeout, and the only connection.
      expect(await backend.check()).toMatchObject({
        ok: false,
        error: { code: "timeout", message: expect.stringContaining("did not answer in time") },
        details: { pool: { size: 1, open: 1, running: 1, waiting: 1 } },
      });
    });
    await building;
    expect(await state()).toBe("ready");

    await database.sql`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_built_search'::regclass`;
    expect(await state()).toBe("broken");
    await backend.createSearchIndex();
    expect(await state()).toBe("ready");
  });

  it.each([
    ["a column", "(path gin_trgm_ops)"],
    ["another expression", "((content::text) gin_trgm_ops)"],
    ["some rows", "(((content->'content')::text) gin_trgm_ops) WHERE path > 'a'"],
    ["another kind", "(((content->'content')::text) gist_trgm_ops)"],
  ])("is not that of %s", async (_, definition) => {
    const backend = database.backend({ table: "foreign_index", searchIndex: "off" });
    await backend.initialize();
    await database.sql`DROP INDEX IF EXISTS foreign_trigrams, idx_foreign_index_search`;
    const method = definition.includes("gist") ? "gist" : "gin";
    await database.sql.unsafe(`CREATE INDEX foreign_trigrams ON foreign_index USING ${method} ${definition}`);
    expect((await backend.check()).details.searchIndex).toBe("missing");
    await backend.createSearchIndex();
    expect((await backend.check()).details.searchIndex).toBe("ready");
  });

  it("is recognized under any name", async () => {
    const backend = database.backend({ table: "other_name", searchIndex: "off" });
    await backend.initialize();
    await database.sql`
      CREATE INDEX made_by_hand ON other_name USING gin ((  (content -> 'content') ::text) gin_trgm_ops)`;
    expect((await backend.check()).details.searchIndex).toBe("ready");
  });

  it("is not mistaken for that of a column", async () => {
    const backend = database.backend({ table: "of_column", searchIndex: "off" });
    await backend.initialize();
    await database.sql`CREATE INDEX ON of_column USING gin (path gin_trgm_ops)`;
    expect((await backend.check()).details.searchIndex).toBe("missing");
  });
});
