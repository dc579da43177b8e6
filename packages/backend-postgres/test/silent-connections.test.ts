import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { PostgresBackend, PostgresBackendOptions } from "../src/index.js";
import { repeatUntil, until } from "./helpers/activity.js";
import { useDatabase } from "./helpers/database.js";

const SIZE = 4;
const database = useDatabase();
let proxy: FaultyProxy;
const proxies: FaultyProxy[] = [];

beforeAll(async () => {
  await database.backend().initialize();
});
afterAll(() => Promise.all(proxies.map((one) => one.stop())));
afterEach(() => {
  jest.restoreAllMocks();
});

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

/** A backend with several open connections, through a proxy of its own. */
async function open(options: PostgresBackendOptions = {}): Promise<PostgresBackend> {
  proxy = await FaultyProxy.start(new URL(database.url));
  proxies.push(proxy);
  const backend = database.backend({ url: proxy.through(database.url), maxPoolSize: SIZE, ...options });
  await repeat(20, () => backend.ls("/"));
  // Connections that end early may have ended.
  if (options.idleTimeoutMs === undefined) expect(proxy.connections.size).toBe(SIZE);
  return backend;
}

/** Lets an hour pass, as for a process that was frozen: timers have not run. */
function passAnHour(): void {
  const now = Date.now;
  jest.spyOn(Date, "now").mockImplementation(() => now() + 3_600_000);
}

describe("connections that were idle for an hour", () => {
  it("and died are noticed by a short check of one operation, which succeeds", async () => {
    // Longer than the test may take: nothing else but the check notices.
    const backend = await open({ statementTimeoutMs: 600_000, operationTimeoutMs: 600_000 });
    const used = proxy.killConnections();
    passAnHour();
    for (let i = 0; i < 2 * SIZE; i++) expect((await backend.ls("/")).error).toBeUndefined();
    expect(used()).toBe(1);
    await backend.close();
  });

  it("and died carried out no change, so that it is repeated and its outcome is known", async () => {
    const backend = await open({ statementTimeoutMs: 600_000, operationTimeoutMs: 600_000 });
    await backend.write("/edited.txt", "n");
    proxy.killConnections();
    passAnHour();
    expect(await backend.edit("/edited.txt", "n", "n+")).toMatchObject({ occurrences: 1 });
    expect(await backend.write("/new.txt", "new")).not.toHaveProperty("error");
    expect(await backend.read("/edited.txt")).toMatchObject({ content: "n+" });
    await backend.close();
  });

  it("and are alive are used again", async () => {
    const backend = await open();
    const before = new Set(proxy.connections);
    passAnHour();
    await repeat(20, () => backend.write(`/alive/${Math.random()}.txt`, "x"));
    expect(new Set(proxy.connections)).toEqual(before);
    await backend.close();
  });
});

/** Waits until no connection is open. */
const allEnd = () => repeatUntil(async () => proxy.connections.size === 0, "the end of all connections");

describe("idle connections", () => {
  it("are closed, even if the server does not answer, and opened again", async () => {
    const backend = await open({ idleTimeoutMs: 50 });
    await allEnd();
    expect((await backend.ls("/")).error).toBeUndefined();
    proxy.killConnections();
    await allEnd();
    expect((await repeat(2 * SIZE, () => backend.ls("/"))).filter(({ error }) => error)).toEqual([]);
    await backend.close();
  });

  it("are closed at the end of their lifetime", async () => {
    const backend = await open({ idleTimeoutMs: 0, maxLifetimeMs: 100 });
    const first = [...proxy.connections];
    const areGone = async () => {
      await backend.ls("/");
      return !first.some((connection) => proxy.connections.has(connection));
    };
    await repeatUntil(areGone, areGone);
    expect((await backend.ls("/")).error).toBeUndefined();
    await backend.close();
  });

  it("are not closed while a statement runs on them", async () => {
    const backend = await open({ idleTimeoutMs: 50, maxLifetimeMs: 50 });
    await backend.write("/held.txt", "n");
    let edit: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'held.txt' FOR UPDATE`;
      edit = backend.edit("/held.txt", "n", "n+");
      // The other connections are gone: this one has been busy for longer than they were idle.
      await until(database.sql, ({ waiting }) => waiting === 1 && proxy.connections.size === 1);
    });
    expect(await edit).toMatchObject({ occurrences: 1 });
    await backend.close();
  });
});
