import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;

beforeAll(async () => {
  await database.backend().initialize();
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterAll(() => proxy.stop());

/** A backend over a caller's client with one connection, through the proxy. */
function open(clientOptions: { prepare?: boolean }, options: PostgresBackendOptions) {
  // An unanswered query for types would reject outside of any call.
  const sql = postgres(proxy.through(database.url), { max: 1, fetch_types: false, ...clientOptions });
  const backend = new PostgresBackend({ sql, ...options });
  const close = async () => {
    await backend.close();
    await sql.end({ timeout: 1 });
  };
  return { sql, backend, close };
}

describe("the connection of a caller's client", () => {
  it.each([true, false])("is replaced after it died silently (prepare: %p)", async (prepare) => {
    const { sql, backend, close } = open({ prepare }, { statementTimeoutMs: scaled(3_000) });
    expect(await backend.write("/a.txt", "one")).not.toHaveProperty("error");
    proxy.killConnections();
    expect(await backend.edit("/a.txt", "one", "two")).not.toHaveProperty("error");
    const lines = await sql`SELECT content->'content' AS lines FROM agent_files WHERE path = 'a.txt'`;
    expect([...lines]).toEqual([{ lines: ["two"] }]);
    expect(await backend.delete("/a.txt")).not.toHaveProperty("error");
    await close();
  });

  it("is not dropped while it runs a statement of the caller", async () => {
    const times = { statementTimeoutMs: 100, operationTimeoutMs: scaled(3_000) };
    const { sql, backend, close } = open({}, times);
    await sql`SELECT 1`;
    const [connection] = proxy.connections;
    let held: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT pg_advisory_xact_lock(11)`;
      held = sql`SELECT pg_advisory_lock(11)`.execute();
      // Longer than a statement may take to be canceled.
      expect(await backend.ls("/")).toHaveProperty("error");
    });
    await held;
    expect([...proxy.connections]).toEqual([connection]);
    await close();
  });
});
