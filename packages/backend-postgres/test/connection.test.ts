import { createServer } from "node:net";
import { inspect } from "node:util";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** A port of this machine where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("a failure is described without secrets", () => {
  /** Attempts of a retried call: pauses of 100, 200 and 400 ms, and the next one would end too late. */
  const impatient = { operationTimeoutMs: scaled(1_000) };
  beforeEach(() => {
    jest.spyOn(Math, "random").mockReturnValue(0.999);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const refused = async (url: string, options: object = {}) => {
    const backend = new PostgresBackend({ url, ...options });
    const error = await backend.initialize().catch((thrown: unknown) => thrown);
    await backend.close();
    expect(inspect(error)).not.toContain("hunter2");
    return error;
  };

  it("a wrong password", async () => {
    expect(await refused(alter(database.url, { password: "hunter2" }))).toMatchObject({
      code: "misconfigured",
      message: expect.stringMatching(
        /^The database \w+ at [\d.]+:\d+ refused the user name or the password\.$/,
      ),
    });
  });

  it("a user who may not log in", async () => {
    await database.sql`CREATE ROLE no_login NOLOGIN PASSWORD 'hunter2'`;
    expect(await refused(alter(database.url, { user: "no_login", password: "hunter2" }))).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("does not accept this user"),
    });
    await database.sql`DROP ROLE no_login`;
  });

  it("a wrong database", async () => {
    expect(await refused(alter(database.url, { database: "nowhere" }))).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("The server has no database of that name: database nowhere at "),
    });
  });

  it("a port where nothing listens", async () => {
    expect(await refused(alter(database.url, { port: await closedPort() }), impatient)).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /^The database \w+ at .*:\d+ cannot be reached: nothing listens at its address\..* Gave up after/,
      ),
    });
  });

  it.each(["require", "verify-ca", "verify-full"] as const)(
    "a server without TLS, with sslmode %s",
    async (sslmode) => {
      expect(await refused(database.url, { sslmode })).toMatchObject({
        code: "misconfigured",
        message: expect.stringContaining("does not offer TLS"),
      });
    },
  );

  it.each(["disable", "allow", "prefer"] as const)(
    "no failure without TLS, with sslmode %s",
    async (sslmode) => {
      expect(await refused(database.url, { sslmode })).toBeUndefined();
    },
  );

  it("a port that does not speak the PostgreSQL protocol", async () => {
    const server = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    for (const sslmode of ["disable", "prefer", "require"]) {
      expect(await refused(alter(database.url, { port }), { sslmode })).toMatchObject({
        code: "misconfigured",
        message: expect.stringContaining("does not speak the PostgreSQL protocol"),
      });
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(["disable", "prefer", "require"])("a proxy that hangs up, with sslmode %s", async (sslmode) => {
    const server = createServer((socket) => socket.resume().end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await refused(alter(database.url, { port }), { sslmode, ...impatient })).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/The connection to the database \w+ at .*:\d+ was lost\./),
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it("a server that accepts and never answers", async () => {
    const sockets: { destroy(): void }[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    for (const sslmode of ["disable", "prefer", "require"]) {
      const options = { sslmode, connectTimeoutMs: scaled(100), ...impatient };
      expect(await refused(alter(database.url, { port }), options)).toMatchObject({
        message: expect.stringContaining("did not answer"),
      });
    }
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("close", () => {
  it("is idempotent, waits for running operations, and rejects later ones", async () => {
    const backend = database.backend();
    await backend.initialize();
    const writes = Array.from({ length: 30 }, (_, i) => backend.write(`/close/${i}.txt`, "x"));
    await Promise.all([backend.close(), backend.close()]);
    expect((await Promise.all(writes)).filter(({ error }) => error)).toEqual([]);
    expect((await backend.read("/close/0.txt")).error).toContain("was closed");
    expect((await backend.downloadFiles(["/close/0.txt"]))[0]).toMatchObject({ error: "permission_denied" });
    await expect(backend.initialize()).rejects.toMatchObject({ code: "closed" });
    expect((await database.backend().ls("/close")).files).toHaveLength(30);
  });

  it("leaves no connection behind", async () => {
    const backend = new PostgresBackend({ url: database.url, minPoolSize: 3, maxPoolSize: 5 });
    const connections = async () =>
      (
        await database.sql`
          SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'deepagents-remote'`
      )[0]?.n;
    const before = await connections();
    await backend.initialize();
    expect(await connections()).toBeGreaterThanOrEqual(before + 3);
    await Promise.all(Array.from({ length: 50 }, () => backend.ls("/")));
    expect(await connections()).toBeLessThanOrEqual(before + 5);
    await backend.close();
    // The server notices a moment later than we do.
    while ((await connections()) > before);
  });
});

describe("a client of the caller", () => {
  it("is used and never closed", async () => {
    const backend = new PostgresBackend({ sql: database.sql });
    expect(await backend.write("/client.txt", "x")).not.toHaveProperty("error");
    await backend.close();
    expect(await database.sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("may have parsers, transforms and prepared statements of its own", async () => {
    const parser = (oid: number) => ({
      to: oid,
      from: [oid],
      serialize: String,
      parse: () => "broken",
    });
    const sql = postgres(database.url, {
      max: 2,
      prepare: false,
      transform: postgres.camel,
      types: {
        text: parser(25),
        json: parser(3802),
        bytea: parser(17),
        time: parser(1184),
        bigint: parser(20),
      } as never,
    });
    const backend = new PostgresBackend({ sql, table: "parsers" });
    expect(await backend.uploadFiles([["/a.png", new Uint8Array([0, 255])]])).toEqual([
      { path: "/a.png", error: null },
    ]);
    expect(await backend.write("/a.txt", "one\ntwo")).not.toHaveProperty("error");
    expect(await backend.edit("/a.txt", "one", "1")).toMatchObject({ occurrences: 1 });
    expect((await backend.read("/a.txt")).content).toBe("1\ntwo");
    expect((await backend.downloadFiles(["/a.png"]))[0]?.content).toEqual(new Uint8Array([0, 255]));
    expect((await backend.ls("/")).files).toMatchObject([{ size: 2 }, { size: 5 }]);
    await backend.close();
    await sql.end();
  });

  it("may not be a transaction", async () => {
    await database.sql.begin(async (transaction) => {
      expect(() => new PostgresBackend({ sql: transaction as never })).toThrow("not a transaction");
    });
    const reserved = await database.sql.reserve();
    expect(() => new PostgresBackend({ sql: reserved as never })).toThrow("reserved connection");
    reserved.release();
  });
});

describe("without prepared statements", () => {
  it("everything works as with them", async () => {
    const backend = database.backend({ prepare: false, table: "unprepared" });
    expect(await backend.write("/a.txt", "one\ntwo")).not.toHaveProperty("error");
    expect(await backend.edit("/a.txt", "one", "1")).toMatchObject({ occurrences: 1 });
    expect((await backend.grep("two")).matches).toHaveLength(1);
    expect((await backend.ls("/")).files).toMatchObject([{ path: "/a.txt", size: 5 }]);
    expect(await backend.delete("/a.txt")).not.toHaveProperty("error");
  });
});

describe("a statement that takes too long", () => {
  it("is canceled and reported, and has changed nothing", async () => {
    const backend = database.backend({ statementTimeoutMs: scaled(200), operationTimeoutMs: scaled(2_000) });
    await backend.write("/locked.txt", "old");
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'locked.txt' FOR UPDATE`;
      expect((await backend.edit("/locked.txt", "old", "new")).error).toMatch(
        /^Error: Cannot edit '\/locked.txt': /,
      );
    });
    expect((await backend.read("/locked.txt")).content).toBe("old");
  });

  it("for the server is reported as such, and not retried", async () => {
    await database.sql`CREATE ROLE hasty LOGIN PASSWORD 'hasty'`;
    await database.sql`ALTER ROLE hasty SET statement_timeout = '200ms'`;
    await database.backend().write("/held.txt", "old");
    await database.sql`GRANT SELECT, INSERT, UPDATE ON agent_files TO hasty`;
    const backend = database.backend({ url: alter(database.url, { user: "hasty", password: "hasty" }) });
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'held.txt' FOR UPDATE`;
      expect(await backend.edit("/held.txt", "old", "new")).toEqual({
        error: "Error: Cannot edit '/held.txt': The statement took too long and was canceled.",
      });
    });
    await backend.close();
    await database.sql`DROP OWNED BY hasty`;
    await database.sql`DROP ROLE hasty`;
  });
});

describe("a database with a stricter default", () => {
  it.each(["repeatable read", "serializable"])("isolation of %s loses no edit", async (isolation) => {
    const table = isolation.replace(" ", "_");
    await database.backend({ table }).write("/n.txt", "n");
    const [{ name } = {}] = await database.sql`SELECT current_database() AS name`;
    await database.sql.unsafe(`ALTER DATABASE "${name}" SET default_transaction_isolation = '${isolation}'`);
    const writers = Array.from({ length: 5 }, () => database.backend({ table, maxPoolSize: 1 }));
    const answers = await Promise.all(
      writers.map(async (writer) => {
        const errors = [];
        for (let i = 0; i < 10; i++) errors.push((await writer.edit("/n.txt", "n", "n+")).error);
        return errors;
      }),
    );
    expect(answers.flat().filter(Boolean)).toEqual([]);
    expect((await database.backend({ table }).read("/n.txt")).content).toBe(`n${"+".repeat(50)}`);
    await database.sql.unsafe(`ALTER DATABASE "${name}" RESET default_transaction_isolation`);
  });
});
