import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type postgres from "postgres";
import { isRoot } from "../src/os/user.js";
import { providePgBouncer } from "../src/pgbouncer/provide.js";
import { startPgBouncer } from "../src/pgbouncer/start.js";
import { answers, createDatabase, type TestDatabase, withConnection } from "../src/postgres/connection.js";
import { AS_POSTGRES, fakeDocker } from "./helpers/fake-docker.js";
import { Machine } from "./helpers/machine.js";

const given = process.env.TEST_POSTGRES_URL;
const machine = new Machine();
const { addDocker, asked } = fakeDocker(machine);

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

it("a missing PgBouncer is an error with installation advice", async () => {
  machine.bare();
  await expect(providePgBouncer(machine.log, [])).rejects.toThrow(
    /^no PgBouncer: .*; no Docker engine answers; apt-get .*\n.*apt-get install pgbouncer, brew install pgbouncer/,
  );
});

it("a container of PgBouncer stands in front of the target, with secrets that no command line shows", async () => {
  const { PATH } = process.env;
  const provided = await providePgBouncer(machine.log);
  // Without a program, the first test has used the image itself.
  if (!("path" in provided)) return;
  machine.bare();
  const path = `export PATH="${dirname(provided.path)}:${PATH}"; unset TMPDIR`;
  addDocker(
    `${path}; while [ "$1" != -c ]; do shift; done; cd /; exec ${isRoot() ? AS_POSTGRES : ""} sh "$@"`,
  );
  const database = await createDatabase(given);
  const bouncer = await startPgBouncer({ target: database.url, folders: [] });
  expect(await answers(bouncer.url)).toBe(true);
  await bouncer.stop();
  expect(await answers(bouncer.url)).toBe(false);
  await database.drop();
  const options = process.platform === "linux" ? "--network host" : "--publish 127.0.0.1:";
  expect(asked("run")).toContain(options);
  expect(asked("run")).toMatch(/--entrypoint sh --env INI --env USERS edoburu\/pgbouncer:v/);
  expect(asked("run")).not.toContain(new URL(bouncer.url).password);
});
