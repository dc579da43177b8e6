import { existsSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { withConnection } from "../src/postgres/connection.js";
import { startPostgres } from "../src/postgres/start.js";
import type { PostgresServer } from "../src/postgres/types.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { answers, show } from "./helpers/server.js";

withCleanEnvironment();

const sockets: Socket[] = [];
const started: PostgresServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function start(options: Parameters<typeof startPostgres>[0] = {}): Promise<PostgresServer> {
  const server = await startPostgres(options);
  started.push(server);
  return server;
}

describe("startPostgres", () => {
  it("starts a server that takes connections, and stops it with all its files", async () => {
    const server = await start();
    const data = await show(server.url, "data_directory");
    expect(server.description).toContain(`PostgreSQL ${server.version} `);
    expect(server.description).not.toContain("\n");
    await server.stop();
    await server.stop();
    expect(await answers(server.url)).toBe(false);
    expect(existsSync(data)).toBe(false);
  });

  it("listens on the loopback address only and asks for the password", async () => {
    const server = await start({ sources: ["binaries", "embedded"] });
    const other = new URL(server.url);
    other.password = "wrong";
    expect(await show(server.url, "listen_addresses")).toBe("127.0.0.1");
    expect(await show(server.url, "unix_socket_directories")).toBe("");
    expect(await answers(other.href)).toBe(false);
    expect(new URL(server.url).password).toBe("postgres");
  });

  it("does not flush a temporary server's data to disk", async () => {
    const server = await start({ sources: ["binaries", "embedded"] });
    expect(await show(server.url, "fsync")).toBe("off");
  });

  it("uses the programs of the npm package where nothing else is there", async () => {
    const server = await start({ sources: ["embedded"] });
    expect(server.source).toBe("embedded");
    expect(server.version).toMatch(/^18\./);
    expect(await answers(server.url)).toBe(true);
  });

  it("starts several at once, each on its own", async () => {
    const servers = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(servers.map((server) => server.url)).size).toBe(4);
    const directories = await Promise.all(servers.map((server) => show(server.url, "data_directory")));
    expect(new Set(directories).size).toBe(4);
  });

  it("takes the port it is told, and says so when that is taken", async () => {
    const holder = await hold();
    const port = portOf(holder);
    await expect(startPostgres({ port, sources: ["binaries", "embedded"] })).rejects.toThrow(
      `could not listen on port ${port}, which another program holds`,
    );
    await release(holder);
    const server = await start({ port, sources: ["binaries", "embedded"] });
    expect(new URL(server.url).port).toBe(String(port));
  });

  it("says what is missing and what to do when there is none", async () => {
    await expect(startPostgres({ sources: ["environment"] })).rejects.toThrow(
      /^no PostgreSQL: TEST_POSTGRES_URL is not set\. Do one of these: start Docker; install .*; or set/,
    );
  });
});

describe("createDatabase", () => {
  it("makes an empty database per call, on which nobody else works", async () => {
    const server = await start();
    const [one, two] = await Promise.all([server.createDatabase(), server.createDatabase()]);
    await withConnection(one.url, (sql) => sql`create table files (path text)`);
    const tables = await withConnection(
      two.url,
      (sql) => sql`select 1 from pg_tables where tablename = 'files'`,
    );
    expect(tables).toHaveLength(0);
  });

  it("drops a database that somebody is still connected to, and twice without complaint", async () => {
    const server = await start();
    const database = await server.createDatabase();
    await withConnection(database.url, async (sql) => {
      await sql`select 1`;
      await database.drop();
      await expect(sql`select 1`).rejects.toThrow();
    });
    await database.drop();
    expect(await answers(database.url)).toBe(false);
  });
});

function hold(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1", () =>
      resolve(server),
    );
  });
}

/** Whoever asked at that port may still be connected. */
function release(server: Server): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
