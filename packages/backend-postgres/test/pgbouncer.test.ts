import { type PgBouncer, startPgBouncer } from "@deepagents-internal/servers";
import { barrier, CASE_TIMEOUT_MS } from "@deepagents-internal/testing";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { defineBackendTests } from "@deepagents-remote/core/conformance/jest";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import type { PostgresBackend, PostgresBackendOptions } from "../src/index.js";
import { repeatUntil } from "./helpers/activity.js";
import { alter, useDatabase } from "./helpers/database.js";

/** Connections that PgBouncer lends: fewer than clients have, so that nobody keeps one. */
const LENT = 3;

const database = useDatabase();
let bouncer: PgBouncer;
let backends: PostgresBackend[];
beforeAll(async () => {
  bouncer = await startPgBouncer({ target: database.url, poolSize: LENT });
  // It opens them when they are needed; from then on clients get them in turn.
  await onEach(async () => {});
  backends = [1, 2].map(() => through());
});
afterAll(() => bouncer.stop());

const through = (options: PostgresBackendOptions = {}) =>
  database.backend({ url: bouncer.url, prepare: false, ...options });

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

defineBackendTests({
  name: "PostgresBackend through PgBouncer in transaction mode",
  create: ({ name }) => {
    const open = (backend: PostgresBackend) => backend.withNamespace([name]);
    return { backend: open(backends[0]!), open: () => open(backends[1]!) };
  },
  timeoutMs: CASE_TIMEOUT_MS,
  capabilities: { ownRoot: true },
});

describe("through PgBouncer", () => {
  it("stores large files", async () => {
    const backend = through({ table: "bouncer_large" });
    const content = new Uint8Array(3_000_000).map((_, i) => (i * 31) % 256);
    await repeat(6, (i) => backend.uploadFiles([[`/large${i}.bin`, content]]));
    const answers = await backend.downloadFiles(Array.from({ length: 6 }, (_, i) => `/large${i}.bin`));
    for (const answer of answers) expect(Buffer.compare(answer.content!, content)).toBe(0);
    await backend.close();
  });

  it("startup parameters beyond the usual would be refused", async () => {
    const sql = postgres(bouncer.url, { max: 1, connection: { statement_timeout: 1_000 } });
    await expect(sql.unsafe("SELECT 1")).rejects.toThrow("unsupported startup parameter");
    await sql.end();
  });

  it.each([
    ["password", { password: "wrong" }, "refused the user name or the password."],
    ["user", { user: "nobody" }, "refused the user name or the password."],
    ["database", { database: "nowhere" }, "The server has no database of that name"],
  ])("reports a wrong %s as it does without PgBouncer", async (_, change, message) => {
    const backend = through({ url: alter(bouncer.url, change) });
    await expect(backend.initialize()).rejects.toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining(message),
    });
  });

  it("initialize() creates schema, table and indexes, also concurrently", async () => {
    const schema = "bouncer";
    await repeat(10, () => through({ schema, maxPoolSize: 1 }).initialize());
    const indexes = await database.sql`SELECT indexname AS name FROM pg_indexes WHERE schemaname = ${schema}`;
    expect(indexes.map(({ name }) => name).sort()).toEqual([
      "agent_files_pkey",
      "idx_agent_files_bytes",
      "idx_agent_files_path_prefix",
      "idx_agent_files_search",
    ]);
  });

  it("createSearchIndex() builds it on a table in use", async () => {
    const backend = through({ table: "later", searchIndex: "off" });
    await backend.write("/a.txt", "needle");
    await backend.createSearchIndex();
    const [index] = await database.sql`
      SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'idx_later_search'::regclass`;
    expect(index).toEqual({ valid: true });
    expect((await backend.grep("needle")).matches).toHaveLength(1);
  });

  it("a slow statement is canceled on the server", async () => {
    const backend = through({ table: "locked", statementTimeoutMs: scaled(200) });
    await backend.write("/a.txt", "old");
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM locked FOR UPDATE`;
      expect((await backend.edit("/a.txt", "old", "new")).error).toContain(
        "The statement took too long and was canceled.",
      );
      // Not only abandoned: no session waits for the lock any more.
      const waiting = transaction`
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      expect(await waiting).toHaveLength(0);
    });
    expect((await backend.read("/a.txt")).content).toBe("old");
  });

  it("a statement that waits for a connection of PgBouncer ends in time, and the next one runs", async () => {
    const backend = through({ statementTimeoutMs: scaled(200), operationTimeoutMs: scaled(1_000) });
    await backend.write("/waiting.txt", "x");
    await onEach(async () => {
      expect((await backend.read("/waiting.txt")).error).toMatch(/^Cannot read '\/waiting.txt': /);
    });
    expect(await backend.read("/waiting.txt")).toMatchObject({ content: "x" });
  });

  it("connections that stopped answering are dropped, whatever number PgBouncer gave them", async () => {
    const proxy = await FaultyProxy.start(new URL(bouncer.url));
    // They are random: of 10, half are beyond 31 bits.
    const clients = Array.from({ length: 10 }, () =>
      through({
        url: proxy.through(bouncer.url),
        maxPoolSize: 1,
        statementTimeoutMs: scaled(200),
        connectTimeoutMs: scaled(200),
        operationTimeoutMs: scaled(5_000),
      }),
    );
    await clients[0]!.write("/silent.txt", "x");
    await repeat(10, (i) => clients[i]!.read("/silent.txt"));
    proxy.stalled = true;
    const during = await repeat(10, (i) => clients[i]!.read("/silent.txt"));
    expect(during.filter(({ error }) => error === undefined)).toEqual([]);
    proxy.stalled = false;
    // A read may still wait for an earlier connection attempt, or fail fast until the next probe.
    const works = (i: number) => async () => (await clients[i]!.read("/silent.txt")).content === "x";
    await repeat(10, (i) => repeatUntil(works(i), `a read by client ${i}`));
    await proxy.stop();
  });

  it("leaves no state in the connections that other clients get next", async () => {
    const sessions = await onEach(
      (transaction) => transaction`
        SELECT current_setting('lock_timeout') AS lock_timeout,
          current_setting('statement_timeout') AS statement_timeout,
          (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS advisory_locks,
          (SELECT count(*)::int FROM pg_prepared_statements) AS prepared_statements`,
    );
    const clean = { lock_timeout: "0", statement_timeout: "0", advisory_locks: 0, prepared_statements: 0 };
    expect(sessions).toEqual(Array(LENT).fill([clean]));
  });

  it("close() waits for running operations and leaves no connection behind", async () => {
    const admin = postgres(alter(bouncer.url, { database: "pgbouncer" }), { max: 1, fetch_types: false });
    const clients = async () =>
      (await admin.unsafe("SHOW CLIENTS")).filter(
        ({ application_name: name }) => name === "deepagents-remote",
      ).length;
    const before = await clients();
    const backend = through({ table: "closing", maxPoolSize: 5 });
    await backend.initialize();
    const writes = Array.from({ length: 20 }, (_, i) => backend.write(`/${i}.txt`, "x"));
    expect(await clients()).toBeGreaterThan(before);
    await backend.close();
    expect((await Promise.all(writes)).filter(({ error }) => error)).toEqual([]);
    // PgBouncer notices a moment later than we do.
    while ((await clients()) > before);
    await admin.end();
  });
});

/**
 * Runs something while each connection that PgBouncer lends is held, in a transaction on it. None is given back before all
 * runs have ended.
 */
async function onEach<T>(run: (transaction: postgres.TransactionSql) => Promise<T>): Promise<T[]> {
  const sql = postgres(bouncer.url, { prepare: false, max: LENT, onnotice: () => {} });
  const all = barrier(LENT);
  const hold = async (transaction: postgres.TransactionSql) => {
    await transaction`SELECT 1`;
    await all(1);
    try {
      return await run(transaction);
    } finally {
      await all(2);
    }
  };
  const answers = await repeat(LENT, () => sql.begin(hold) as Promise<T>);
  await sql.end();
  return answers;
}
