import { expectDone, expectOutage, prepareAll, runAll } from "@deepagents-internal/testing";
import { type Connection, FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { Database } from "../src/connection/database.js";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;

beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterAll(() => proxy.stop());

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

/** Writers that each append to one file again and again; answers what went wrong. */
const append = async (backends: readonly PostgresBackend[], path: string, times: number) =>
  (
    await repeat(backends.length, async (writer) => {
      const errors = [];
      for (let i = 0; i < times; i++) errors.push((await backends[writer]!.edit(path, "n", "n+")).error);
      return errors.filter(Boolean);
    })
  ).flat();

describe("connections that the server ends", () => {
  it("lose no edit and apply none twice", async () => {
    const backend = database.backend({ maxPoolSize: 3 });
    await backend.write("/ended.txt", "n");
    for (let round = 0; round < 10; round++) {
      const edits = append([backend, backend, backend], "/ended.txt", 3);
      await database.sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'deepagents-remote' AND datname = current_database()`;
      expect(await edits).toEqual([]);
    }
    expect((await backend.read("/ended.txt")).content).toBe(`n${"+".repeat(90)}`);
  });
});

describe("a slow statement", () => {
  it("does not delay others while a connection is free", async () => {
    const backend = database.backend({ maxPoolSize: 2 });
    await backend.write("/slow.txt", "old");
    // Both connections know the statements: only then would postgres.js put one behind another.
    await repeat(10, (i) => backend.write(`/warm/${i}.txt`, "n"));
    await repeat(10, (i) => backend.edit(`/warm/${i}.txt`, "n", "n+"));
    let editing: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'slow.txt' FOR UPDATE`;
      editing = backend.edit("/slow.txt", "old", "new");
      const waiting = () => database.sql`
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await waiting()).length === 0);
      // Done before the lock is let go, or this would never end.
      await repeat(20, () => backend.read("/slow.txt"));
    });
    expect(await editing).toMatchObject({ occurrences: 1 });
  });

  it("that times out leaves every other answer in its place, also on a caller's client", async () => {
    const sql = postgres(database.url, { max: 2, onnotice: () => {} });
    const impatient = new PostgresBackend({ sql, statementTimeoutMs: 15 });
    const patient = new PostgresBackend({ sql });
    const paths = Array.from({ length: 20 }, (_, i) => `/own/${i}.txt`);
    await patient.uploadFiles(paths.map((path) => [path, Buffer.from(path)]));
    await patient.write("/locked.txt", "old");
    const wrong: unknown[] = [];
    await database.sql.begin(async (transaction) => {
      await transaction`SELECT FROM agent_files WHERE path = 'locked.txt' FOR UPDATE`;
      await repeat(8, async (i) => {
        for (let k = 0; k < 3; k++) {
          if (i % 4 === 0) await impatient.edit("/locked.txt", "old", "new");
          const path = paths[(i + k) % 20]!;
          const [answer] = await patient.downloadFiles([path]);
          const content = answer?.content && String(Buffer.from(answer.content));
          if (answer?.error === "file_not_found" || (content && content !== path)) wrong.push(answer);
        }
      });
    });
    expect(wrong).toEqual([]);
    await sql.end();
  });

  it("leaves no holes in the answer after it", async () => {
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    const statements = new Database(sql, { timeoutMs: 10_000 });
    const { signal } = new AbortController();
    const failing = "SELECT 1 / (5000 - i) FROM generate_series(1, 10000) AS i WHERE $1::text = ''";
    await expect(statements.read(failing, [""], signal)).rejects.toMatchObject({ code: "misconfigured" });
    expect(await statements.read("SELECT $1::text", ["x"], signal)).toEqual([[Buffer.from("x")]]);
    await sql.end();
  });
});

describe("a network that", () => {
  it("is slow to connect costs no connection", async () => {
    let release = () => {};
    proxy.accepts = new Promise<void>((resolve) => (release = resolve));
    const backend = database.backend({
      url: proxy.through(database.url),
      maxPoolSize: 2,
      operationTimeoutMs: scaled(150),
    });
    const late = await repeat(4, () => backend.ls("/"));
    expect(late.every(({ error }) => error !== undefined)).toBe(true);
    release();
    const patient = database.backend({ url: proxy.through(database.url), maxPoolSize: 2 });
    await patient.initialize();
    // The attempts that were given up end by themselves; then both connections serve again.
    for (let i = 0; i < 5 && (await backend.ls("/")).error !== undefined; i++);
    expect((await repeat(10, () => backend.ls("/"))).filter(({ error }) => error)).toEqual([]);
  });

  it("swallows existing connections does not affect new ones", async () => {
    const backend = database.backend({
      url: proxy.through(database.url),
      maxPoolSize: 2,
      statementTimeoutMs: scaled(200),
      connectTimeoutMs: scaled(200),
      operationTimeoutMs: scaled(5_000),
    });
    await backend.write("/stall.txt", "x");
    await repeat(6, () => backend.read("/stall.txt"));
    proxy.stalled = true;
    // Given up after a second attempt, on a connection that is as dead as the first.
    const during = await repeat(2, () => backend.read("/stall.txt"));
    expect(during.every(({ error }) => error !== undefined)).toBe(true);
    proxy.stalled = false;
    const answers = [];
    for (let i = 0; i < 10; i++) answers.push(await backend.read("/stall.txt"));
    expect(answers.at(-1)).toMatchObject({ content: "x" });
  });
});

describe("every operation", () => {
  let direct: PostgresBackend;
  let proxy: FaultyProxy;
  let givenUp: Promise<Record<string, unknown>>;
  beforeAll(async () => {
    const nowhere = await FaultyProxy.start(new URL(database.url));
    const backend = database.backend({ url: nowhere.through(database.url) });
    await nowhere.stop();
    givenUp = runAll(backend, "/nowhere");
  });
  beforeEach(async () => {
    direct = database.backend();
    proxy = await FaultyProxy.start(new URL(database.url));
  });
  afterEach(() => proxy.stop());

  /** A backend whose connections are open, and files for all operations. */
  const prepare = async (at: string, options: PostgresBackendOptions = {}) => {
    await prepareAll(direct, at);
    const backend = database.backend({ url: proxy.through(database.url), ...options });
    await backend.initialize();
    return backend;
  };

  it("is carried out once if the connection is reset before the response", async () => {
    const backend = await prepare("/reset", { minPoolSize: 10 });
    const old = new Set(proxy.connections);
    proxy.cuts = (_, connection) => old.has(connection) && "reset";
    await expectDone(await runAll(backend, "/reset"), direct, "/reset");
    expect([...old].filter((connection) => proxy.connections.has(connection))).toEqual([]);
  });

  it("is carried out once if the connection is lost in the middle of the response", async () => {
    const backend = await prepare("/half", { minPoolSize: 10, statementTimeoutMs: scaled(2_000) });
    const old = new Set(proxy.connections);
    const passed = new Map<Connection, number>();
    const stalled = new Set<Connection>();
    proxy.cuts = (answer, connection) => {
      if (!old.has(connection)) return false;
      const bytes = (passed.get(connection) ?? 0) + answer.length;
      passed.set(connection, bytes);
      const isHalf = bytes > 500_000 || /(SELECT|UPDATE|INSERT 0) \d+\0/.test(answer.toString("latin1"));
      if (isHalf) stalled.add(connection);
      return isHalf && "stall";
    };
    await expectDone(await runAll(backend, "/half"), direct, "/half");
    expect(stalled.size).toBe(10);
    expect(Math.max(...passed.values())).toBeGreaterThan(500_000);
  });

  it("is repeated when the server is reachable again", async () => {
    const backend = await prepare("/refused");
    for (const connection of proxy.connections) connection.reset();
    proxy.refusals = 12;
    await expectDone(await runAll(backend, "/refused"), direct, "/refused");
    expect(proxy.refusals).toBe(0);
  });

  it.each([
    ["resets every connection", /The connection to the database \w+ at 127\.0\.0\.1:\d+ was lost\./],
    [
      "does not listen",
      /The database \w+ at 127\.0\.0\.1:\d+ cannot be reached: nothing listens at its address\./,
    ],
    [
      "accepts and says nothing",
      /The database \w+ at 127\.0\.0\.1:\d+ cannot be reached: it did not answer in time\./,
    ],
  ])("fails in time with the reason if the server %s", async (how, words) => {
    const url = proxy.through(database.url);
    const options = { url, connectTimeoutMs: scaled(100), operationTimeoutMs: scaled(500) };
    // One knows the server, the other has never seen it.
    const backends = [database.backend(options), database.backend(options)];
    await backends[0]!.initialize();
    if (how === "resets every connection") proxy.refusals = Number.POSITIVE_INFINITY;
    if (how === "does not listen") await proxy.stop();
    if (how === "accepts and says nothing") proxy.accepts = new Promise(() => {});
    for (const connection of proxy.connections) connection.reset();
    for (const backend of backends) {
      await backend.ls("/");
      expectOutage(await runAll(backend, "/outage"), words);
    }
  });

  it("fails in time if the server stops answering; a change has an unknown outcome", async () => {
    const backend = await prepare("/silent", { minPoolSize: 10, operationTimeoutMs: scaled(500) });
    proxy.stalled = true;
    const answers = await runAll(backend, "/silent");
    proxy.stalled = false;
    expectOutage(answers, /did not answer|was lost|unknown whether/);
    for (const name of ["write", "edit", "delete"]) {
      expect(answers[name]).toMatchObject({ error: expect.stringContaining("unknown whether") });
    }
    expect(answers.upload).toMatchObject([{ message: expect.stringContaining("unknown whether") }]);
  });

  it("is not retried forever", async () => {
    expectOutage(
      await givenUp,
      /^(?!.*did not answer within).*nothing listens at its address\. Gave up after \d+ att/,
    );
  });
});

describe("settings of the server", () => {
  it("do not change the result of a read", async () => {
    const [{ name } = {}] = await database.sql`SELECT current_database() AS name`;
    for (const setting of [
      "bytea_output = 'escape'",
      "DateStyle = 'SQL, DMY'",
      "standard_conforming_strings = off",
      "TimeZone = 'Asia/Kolkata'",
    ]) {
      await database.sql.unsafe(`ALTER DATABASE "${name}" SET ${setting}`);
    }
    const backend = database.backend({ table: "settings" });
    const bytes = Buffer.from([0, 92, 39, 255, 10, 65, 128]);
    expect(
      await backend.uploadFiles([
        ["/b.png", bytes],
        ["/n.txt", Buffer.from("hello\0\\world")],
      ]),
    ).toMatchObject([{ error: null }, { error: null }]);
    expect(Buffer.from((await backend.downloadFiles(["/b.png"]))[0]?.content ?? [])).toEqual(bytes);
    expect(await backend.edit("/n.txt", "\\world", "'")).toMatchObject({ occurrences: 1 });
    expect((await backend.grep("hello")).matches).toEqual([{ path: "/n.txt", line: 1, text: "hello\0'" }]);
    const age = Date.now() - Date.parse((await backend.ls("/")).files?.[0]?.modified_at ?? "");
    expect(Math.abs(age)).toBeLessThan(600_000);
    for (const setting of ["bytea_output", "DateStyle", "standard_conforming_strings", "TimeZone"]) {
      await database.sql.unsafe(`ALTER DATABASE "${name}" RESET ${setting}`);
    }
  });
});

describe("a password function", () => {
  const url = () => {
    const { hostname, port, pathname } = new URL(database.url);
    return { host: hostname, port: Number(port), database: pathname.slice(1), user: "postgres" };
  };

  it("is asked for each connection", async () => {
    let asked = 0;
    const password = async () => {
      asked++;
      return new URL(database.url).password;
    };
    const backend = new PostgresBackend({ ...url(), password, minPoolSize: 0, maxPoolSize: 1 });
    expect((await backend.ls("/")).error).toBeUndefined();
    expect(asked).toBe(1);
    await backend.close();
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("hunter2");
      },
    ],
    ["rejects", () => Promise.reject(new Error("hunter2"))],
    ["gives nothing", () => undefined as never],
  ])("that %s is an error and not the end", async (_, password) => {
    const backend = new PostgresBackend({ ...url(), password, operationTimeoutMs: scaled(500) });
    await expect(backend.initialize()).rejects.toMatchObject({
      code: expect.stringMatching(/misconfigured|timeout/),
      message: expect.stringContaining("Could not obtain the password: the `password` function failed."),
    });
    await backend.close();
  });
});
