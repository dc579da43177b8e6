import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type postgres from "postgres";
import { providePgBouncer } from "../src/pgbouncer/provide.js";
import { startPgBouncer } from "../src/pgbouncer/start.js";
import { answers, createDatabase, type TestDatabase, withConnection } from "../src/postgres/connection.js";
import { Machine } from "./helpers/machine.js";

const given = process.env.TEST_POSTGRES_URL;
const machine = new Machine();

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(given);
});
afterAll(() => database.drop());

it("PgBouncer stands in front of the target, lends connections by the transaction, and stops", async () => {
  const { url, stop } = await startPgBouncer({ target: database.url, poolSize: 1 });
  expect(new URL(url).pathname).toBe(new URL(database.url).pathname);
  // With one connection to lend, two clients get the same.
  const processOf = async (sql: postgres.Sql) => (await sql.unsafe("SELECT pg_backend_pid() AS pid"))[0]?.pid;
  const [first, second] = await withConnection(url, async (sql) => [
    await processOf(sql),
    await withConnection(url, processOf),
  ]);
  expect(second).toBe(first);
  await stop();
  await stop();
  expect(await answers(url)).toBe(false);
  expect(machine.homes()).toEqual([]);
});

it("where there is none, the error says how to get it", async () => {
  machine.bare();
  await expect(providePgBouncer(machine.log, [])).rejects.toThrow(
    /^no PgBouncer: .*; no Docker engine answers\n.*apt-get install pgbouncer, brew install pgbouncer/,
  );
});
