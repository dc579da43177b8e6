import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type postgres from "postgres";
import { until } from "../src/os/until.js";
import { findPgBouncer } from "../src/pgbouncer/find.js";
import { NO_PGBOUNCER } from "../src/pgbouncer/provide.js";
import { startPgBouncer } from "../src/pgbouncer/start.js";
import { withConnection } from "../src/postgres/connection.js";
import { createDatabase } from "../src/postgres/database.js";
import type { TestDatabase } from "../src/postgres/types.js";
import { answers } from "./helpers/server.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** A program that holds a PgBouncer, and the address of that. */
async function startHolder(how: string) {
  const fixture = fileURLToPath(new URL("fixtures/hold-pgbouncer.mjs", import.meta.url));
  const child = spawn(process.execPath, [fixture, how, database.url], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ended, url: (JSON.parse(line) as { url: string }).url };
}

describe("PgBouncer", () => {
  it("stands in front of the target, lends connections by the transaction, and stops", async () => {
    const { url, version, stop } = await startPgBouncer({ target: database.url, poolSize: 1 });
    expect(version).toMatch(/^\d+\.\d+/);
    expect(new URL(url).pathname).toBe(new URL(database.url).pathname);
    // With one connection to lend, two clients get the same.
    const processOf = async (sql: postgres.Sql) =>
      (await sql.unsafe("SELECT pg_backend_pid() AS pid"))[0]?.pid;
    const [first, second] = await withConnection(url, async (sql) => [
      await processOf(sql),
      await withConnection(url, processOf),
    ]);
    expect(second).toBe(first);
    await stop();
    await stop();
    expect(await answers(url)).toBe(false);
  });

  it.each(["return", "exit"])("stops when its program ends by %s", async (how) => {
    const { ended, url } = await startHolder(how);
    expect(await ended).toEqual([0, null]);
    expect(await answers(url)).toBe(false);
  });

  it("stops on a signal, of which the program then ends", async () => {
    const { child, ended, url } = await startHolder("wait");
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(await answers(url)).toBe(false);
  });

  it("that kill -9 of its program left behind is stopped by the next start", async () => {
    const { child, ended, url } = await startHolder("wait");
    child.kill("SIGKILL");
    await ended;
    expect(await answers(url)).toBe(true);
    const next = await startPgBouncer({ target: database.url });
    // Another test file that starts one at the same moment may be the one that cleans up.
    const gone = await until(async () => ((await answers(url)) ? undefined : true), 30_000);
    expect(gone).toBe(true);
    await next.stop();
  });

  it("is missing where there is no program, and the error says how to get it", async () => {
    const { PATH } = process.env;
    process.env.PATH = "";
    try {
      expect(findPgBouncer([])).toBeUndefined();
    } finally {
      process.env.PATH = PATH;
    }
    expect(NO_PGBOUNCER).toMatch(/apt-get install pgbouncer, brew install pgbouncer/);
  });
});
