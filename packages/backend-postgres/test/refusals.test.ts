import { connect, createServer, type Server, type Socket } from "node:net";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { errorResponse } from "../src/connection/messages.js";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";

const database = useDatabase();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A proxy that refuses the first connections as a server or pooler does. */
async function refusing(times: number, code: string, message: string) {
  const count = { refused: 0 };
  const server: Server = createServer((client) => {
    if (count.refused >= times) {
      forward(client, Number(new URL(database.url).port));
      return;
    }
    count.refused++;
    client.once("data", () => client.end(errorResponse(code, message)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as { port: number };
  return { count, url: `${alter(database.url, { port })}?sslmode=disable` };
}

function forward(client: Socket, port: number): void {
  const server = connect(port, "127.0.0.1");
  client.pipe(server).pipe(client);
  const end = () => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on("error", end);
}

const open = (options: PostgresBackendOptions) => {
  const backend = new PostgresBackend({ minPoolSize: 0, sharePool: false, ...options });
  closing.push(() => backend.close());
  return backend;
};

describe("a transient refusal", () => {
  it.each([
    ["XX000", "Max client connections reached"],
    ["58000", "could not get connection from the pool"],
    ["57P03", "the database system is starting up"],
    ["53300", "sorry, too many clients already"],
    ["08P01", "pgbouncer cannot connect to server"],
    ["99999", "nobody knows"],
  ])("%s is retried: %s", async (code, message) => {
    const { count, url } = await refusing(3, code, message);
    const backend = open({ url });
    expect((await backend.ls("/")).error).toBeUndefined();
    expect(count.refused).toBe(3);
  });

  it("that persists is reported with the address", async () => {
    const { url } = await refusing(Number.POSITIVE_INFINITY, "XX000", "geheim hunter2");
    const backend = open({ url, operationTimeoutMs: scaled(300) });
    const { error } = await backend.ls("/");
    expect(error).toMatch(
      /The database \w+ at 127\.0\.0\.1:\d+ refused the connection for now \(SQLSTATE XX000\)\./,
    );
    expect(error).not.toContain("hunter2");
  });
});

describe("a wrong configuration", () => {
  it.each([
    ["28P01", "misconfigured"],
    ["3D000", "misconfigured"],
    ["42501", "permission-denied"],
  ])("%s is not retried", async (code, expected) => {
    const { count, url } = await refusing(Number.POSITIVE_INFINITY, code, "no");
    const backend = open({ url });
    await expect(backend.initialize()).rejects.toMatchObject({ code: expected });
    expect(count.refused).toBe(1);
  });
});

describe("the end of a connection", () => {
  it("is not reported for the first statement on the next one", async () => {
    const backend = open({ url: database.url, maxPoolSize: 1 });
    await backend.write("/first.txt", "x");
    for (let i = 0; i < 5; i++) {
      // While a statement runs: its error is the last word of the connection.
      const slow = database.sql.begin(async (sql) => {
        await sql`SELECT FROM agent_files WHERE path = 'first.txt' FOR UPDATE`;
        const edit = backend.edit("/first.txt", "x", `x${i}`);
        const waiting = () => sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        while ((await waiting()).length === 0);
        return [edit];
      });
      const [edit] = await slow;
      expect(await edit).toMatchObject({ occurrences: 1 });
    }
  });

  it("does not hide that the password has changed", async () => {
    await database.sql`CREATE ROLE rotated LOGIN PASSWORD 'old'`;
    await database.backend().initialize();
    await database.sql`GRANT SELECT, INSERT, UPDATE ON agent_files TO rotated`;
    await database.sql`INSERT INTO agent_files (path, content) VALUES ('rotated.txt', '{"content": ["x"]}')`;
    const url = alter(database.url, { user: "rotated", password: "old" });
    const backend = open({ url, maxPoolSize: 1 });
    expect((await backend.ls("/")).error).toBeUndefined();
    const [edit] = await database.sql.begin(async (sql) => {
      await sql`SELECT FROM agent_files WHERE path = 'rotated.txt' FOR UPDATE`;
      const editing = backend.edit("/rotated.txt", "x", "y");
      const waiting = () =>
        sql`SELECT pid FROM pg_stat_activity WHERE usename = 'rotated' AND wait_event_type = 'Lock'`;
      while ((await waiting()).length === 0);
      await database.sql`ALTER ROLE rotated PASSWORD 'new'`;
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'`;
      return [editing];
    });
    // Nobody can tell what became of it.
    expect((await edit)?.error).toContain("unknown whether");
    expect((await backend.ls("/")).error).toContain("refused the user name or the password");
    await backend.close();
    await database.sql`DROP OWNED BY rotated`;
    await database.sql`DROP ROLE rotated`;
  });
});

describe("a server whose messages are in another language", () => {
  /** Same length in bytes, because the lengths of messages are not rewritten. */
  const ENGLISH = "canceling statement due to statement timeout";
  const GERMAN = "storniere Anfrage wegen Zeitablaufs der Anfr";

  it("has its statement_timeout recognized, and the statement is sent once", async () => {
    expect(GERMAN).toHaveLength(ENGLISH.length);
    const proxy = await FaultyProxy.start(new URL(database.url));
    closing.push(() => proxy.stop());
    let rewritten = 0;
    proxy.cuts = (answer) => {
      const at = answer.indexOf(ENGLISH);
      if (at >= 0) rewritten++;
      if (at >= 0) answer.write(GERMAN, at, "latin1");
      return false;
    };
    await database.sql`CREATE ROLE eilig LOGIN PASSWORD 'eilig'`;
    await database.sql`ALTER ROLE eilig SET statement_timeout = '200ms'`;
    await database.backend().write("/gehalten.txt", "alt");
    await database.sql`GRANT SELECT, INSERT, UPDATE ON agent_files TO eilig`;
    const url = alter(proxy.through(database.url), { user: "eilig", password: "eilig" });
    const backend = open({ url, operationTimeoutMs: scaled(20_000) });
    await database.sql.begin(async (sql) => {
      await sql`SELECT FROM agent_files WHERE path = 'gehalten.txt' FOR UPDATE`;
      expect(await backend.edit("/gehalten.txt", "alt", "neu")).toEqual({
        error: "Error: Cannot edit '/gehalten.txt': The statement took too long and was canceled.",
      });
    });
    expect(rewritten).toBe(1);
    await backend.close();
    await database.sql`DROP OWNED BY eilig`;
    await database.sql`DROP ROLE eilig`;
  });
});

describe("a password function that hangs", () => {
  it("times out, and costs no connection", async () => {
    const { hostname, port, pathname, password } = new URL(database.url);
    let hangs = true;
    const asked: string[] = [];
    const backend = open({
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      password: () => {
        asked.push(hangs ? "hangs" : "answers");
        return hangs ? new Promise<string>(() => {}) : password;
      },
      maxPoolSize: 2,
      connectTimeoutMs: 50,
      operationTimeoutMs: scaled(300),
    });
    const answers = await Promise.all(Array.from({ length: 6 }, () => backend.ls("/")));
    for (const { error } of answers)
      expect(error).toMatch(
        /`password` function did not return|did not answer within|waits for it|operation is up/,
      );
    hangs = false;
    expect(asked).toContain("hangs");
    const works = async () => (await backend.ls("/")).error === undefined;
    while (!(await works()));
    expect(
      (await Promise.all(Array.from({ length: 6 }, () => backend.ls("/")))).filter(({ error }) => error),
    ).toEqual([]);
  });

  it("that throws is named, and what it threw is the cause", async () => {
    const backend = open({
      host: "localhost",
      password: () => {
        throw new RangeError("the vault is sealed");
      },
      operationTimeoutMs: scaled(200),
    });
    const error = await backend.initialize().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining("the `password` function failed") });
    let cause: unknown = error;
    while (!(cause instanceof RangeError)) cause = (cause as Error).cause;
    expect(cause.message).toBe("the vault is sealed");
    const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
    closing.push(() => warn.mockRestore());
    await backend.ls("/");
    await backend.read("/a.txt");
    expect(warn.mock.calls).toEqual([
      [
        "PostgresBackend: Could not obtain the password: the `password` function failed.",
        expect.objectContaining({ detail: "RangeError: the vault is sealed" }),
      ],
    ]);
  });
});
