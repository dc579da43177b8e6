import { describe, expect, it } from "@jest/globals";
import { Database } from "../src/connection/database.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** Each way to say when a statement is to end. */
describe.each([
  ["a time", (ms: number) => performance.now() + ms],
  ["a signal", (ms: number) => (ms > 0 ? AbortSignal.timeout(ms) : AbortSignal.abort())],
])("a statement with a deadline at %s", (_, inTime) => {
  it("is not sent after it", async () => {
    const statements = new Database(database.sql, { timeoutMs: 60_000 });
    await database.sql`CREATE TABLE IF NOT EXISTS sent (n int)`;
    await expect(statements.write("INSERT INTO sent VALUES (1)", [], inTime(0))).rejects.toMatchObject({
      code: "timeout",
    });
    expect(await database.sql`SELECT FROM sent`).toHaveLength(0);
  });

  it("is canceled on the server, long before its own timeout", async () => {
    const statements = new Database(database.sql, { timeoutMs: 60_000 });
    const sleep = "SELECT pg_sleep(60) WHERE $1::text = ''";
    await expect(statements.read(sleep, [""], inTime(50))).rejects.toMatchObject({
      code: "timeout",
      message: "The statement took too long and was canceled.",
    });
    expect(statements.load).toEqual({ running: 0, waiting: 0 });
    const running = await database.sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = ${sleep} AND state = 'active'`;
    expect(running).toHaveLength(0);
  });

  it("answers in time like any other", async () => {
    const statements = new Database(database.sql, { timeoutMs: 60_000 });
    expect(await statements.read("SELECT $1::text", ["x"], inTime(60_000))).toEqual([[Buffer.from("x")]]);
  });
});

it("a statement canceled by a request for the one before it may be repeated", async () => {
  const statements = new Database(database.sql, { timeoutMs: 60_000 });
  const sleep = "SELECT pg_sleep(60) WHERE $1::text = 'mistaken'";
  const refused = expect(
    statements.write(sleep, ["mistaken"], Number.POSITIVE_INFINITY),
  ).rejects.toMatchObject({ code: "unavailable" });
  const cancel = () => database.sql`
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query = ${sleep} AND wait_event = 'PgSleep'`;
  while ((await cancel()).length === 0);
  await refused;
});
