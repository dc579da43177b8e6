import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type PgBouncer, startPgBouncer } from "@deepagents-internal/servers";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../../src/index.js";
import { repeatUntil } from "../helpers/activity.js";
import { CrashingServer } from "../helpers/crashing-server.js";
import { useDatabase } from "../helpers/database.js";
import { expectConsistent, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
const worker = fileURLToPath(new URL("../fixtures/worker.mjs", import.meta.url));

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

/** Sees that each version of a log has exactly one line more than the one before. */
async function expectLog(store: HistoryStore, key: string): Promise<string[]> {
  const contents = (await store.contents(key)) as string[];
  const lines = contents.at(-1)!.split("\n").slice(0, -1);
  expect(contents).toEqual(
    contents.map((_, i) => `${lines.slice(0, i).join("\n")}${i === 0 ? "" : "\n"}end`),
  );
  return lines;
}

describe("kill -9 of the server", () => {
  let server: CrashingServer;
  beforeAll(async () => {
    server = await CrashingServer.start();
  });
  afterAll(() => server.stop());

  it("leaves no change without its version, and no version without its change", async () => {
    const [WRITERS, CRASHES, CHANGES] = [4, 2, 60];
    const backend = new PostgresBackend({ url: server.url, maxPoolSize: WRITERS, history: true });
    expect(await backend.write("/log.txt", "end")).not.toHaveProperty("error");
    const appended: string[] = [];
    let isOver = false;
    const writers = repeat(WRITERS, async (writer) => {
      for (let i = 0; !isOver; i++) {
        const name = `${writer}-${i}`;
        const { error } = await backend.edit("/log.txt", "end", `${name}\nend`);
        if (error === undefined) appended.push(name);
        await backend.write(`/${writer}/${i}.txt`, name);
        if (i % 3 === 0) await backend.delete(`/${writer}/${i}.txt`);
      }
    });
    const grow = (goal: number) => repeatUntil(async () => appended.length >= goal, "more changes");
    for (let crash = 1; crash <= CRASHES; crash++) {
      await grow(crash * CHANGES);
      await server.kill();
      await server.restart();
    }
    await grow((CRASHES + 1) * CHANGES);
    isOver = true;
    await writers;
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    await expectConsistent(sql, "agent_files");
    const lines = await expectLog(new HistoryStore(await opened(sql)), "log.txt");
    expect(appended.filter((name) => !lines.includes(name))).toEqual([]);
    await sql.end();
    await backend.close();
  }, 300_000);
});

async function opened(sql: postgres.Sql, table = "agent_files") {
  const { store } = await HistoryStore.open({ ...database, sql }, { table });
  return store;
}

describe("kill -9 of a client", () => {
  it("leaves no change without its version, and no version without its change", async () => {
    const store = await HistoryStore.open(database, { table: "shared" });
    await store.put("n.txt", "n");
    for (let kill = 1; kill <= 3; kill++) {
      const children = [1, 2].map(() =>
        spawn(process.execPath, [worker, database.url, "edit", "100000", "history"]),
      );
      const versions = async () => (await store.versions("n.txt")).length;
      await repeatUntil(async () => (await versions()) > kill * 30, "the clients write");
      for (const child of children) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    const sessions = async () => {
      const [row] = await database.sql`
        SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'deepagents-remote' AND state <> 'idle'`;
      return row?.n === 0;
    };
    await repeatUntil(sessions, "their statements have ended");
    await expectConsistent(database.sql, "shared");
    const contents = await store.contents("n.txt");
    expect(contents).toEqual(contents.map((_, i) => `n${"+".repeat(i)}`));
  }, 300_000);
});

describe("lost answers", () => {
  let proxy: FaultyProxy;
  beforeAll(async () => {
    proxy = await FaultyProxy.start(new URL(database.url));
  });
  afterAll(() => proxy.stop());

  it("make no version twice, and lose none", async () => {
    const store = await HistoryStore.open(database, { table: "lossy" });
    await store.put("log.txt", "end");
    const writers = await repeat(4, async () => {
      const backend = database.backend({
        url: proxy.through(database.url),
        table: "lossy",
        history: true,
        maxPoolSize: 1,
      });
      await backend.initialize();
      return backend;
    });
    let answers = 0;
    let lost = 0;
    proxy.cuts = (answer) => {
      const isLost = answer.includes("UPDATE 1") && [6, 13, 19].includes(answers++ % 20);
      if (isLost) lost++;
      return isLost;
    };
    await repeat(4, async (writer) => {
      for (let i = 0; i < 20; i++) {
        const { error } = await writers[writer]!.edit("/log.txt", "end", `${writer}-${i}\nend`);
        expect(error).toBeUndefined();
      }
    });
    proxy.cuts = () => false;
    expect(lost).toBeGreaterThan(5);
    const lines = await expectLog(store, "log.txt");
    expect(new Set(lines).size).toBe(80);
    expect(lines).toHaveLength(80);
    await expectConsistent(database.sql, "lossy");
  }, 300_000);
});

describe("PgBouncer in transaction mode", () => {
  let bouncer: PgBouncer;
  beforeAll(async () => {
    bouncer = await startPgBouncer({ target: database.url, poolSize: 2 });
  });
  afterAll(() => bouncer.stop());

  it("gives each change its own author", async () => {
    const store = await HistoryStore.open(database, { table: "bounced" });
    const backends = await repeat(4, async (i) => {
      const by = () => ({ agent: String(i) });
      const backend = database.backend({
        url: bouncer.url,
        prepare: false,
        table: "bounced",
        history: { by },
      });
      await backend.initialize();
      return backend;
    });
    await repeat(4, async (writer) => {
      for (let i = 0; i < 20; i++) {
        const path = `/${writer}-${i}.txt`;
        expect(await backends[writer]!.write(path, "1")).not.toHaveProperty("error");
        expect(await backends[writer]!.edit(path, "1", "2")).not.toHaveProperty("error");
        expect(await backends[writer]!.delete(path)).not.toHaveProperty("error");
      }
    });
    const foreign = postgres(bouncer.url, { prepare: false, max: 3, onnotice: () => {} });
    await repeat(20, (i) =>
      foreign`INSERT INTO bounced (path, content) VALUES (${`foreign ${i}`}, '{"content": []}')`.then(),
    );
    await foreign.end();
    const changes = await store.changes();
    expect(changes).toHaveLength(4 * 20 * 3 + 20);
    const authors = changes.map(({ key, by }) => [key[0], by?.agent]);
    expect(authors).toEqual(
      changes.map(({ key }) => (key.startsWith("foreign") ? ["f", undefined] : [key[0], key[0]])),
    );
    await expectConsistent(database.sql, "bounced");
  });
});
