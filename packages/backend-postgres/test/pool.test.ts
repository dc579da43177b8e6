import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expectDone, expectOutage, prepareAll, runAll } from "@deepagents-internal/testing";
import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { activity, expectWhole, until } from "./helpers/activity.js";
import { useDatabase } from "./helpers/database.js";

const SIZE = 3;
const database = useDatabase();
let proxy: FaultyProxy;
beforeAll(async () => {
  const first = database.backend();
  await first.initialize();
  await first.close();
});
beforeEach(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
});
afterEach(async () => {
  await proxy.stop();
  // Every backend has been closed.
  await until(database.sql, ({ connections }) => connections === 0);
});

const open = async (options: PostgresBackendOptions = {}) => {
  const backend = new PostgresBackend({
    url: proxy.through(database.url),
    minPoolSize: 0,
    maxPoolSize: SIZE,
    ...options,
  });
  await backend.initialize();
  return backend;
};

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

/** Runs something while a file is locked by somebody else. */
const whileLocked = async (path: string, run: () => Promise<void>) => {
  await database.sql.begin(async (transaction) => {
    await transaction`SELECT FROM agent_files WHERE path = ${path.slice(1)} FOR UPDATE`;
    await run();
  });
};

describe("a pool that is full", () => {
  it("is reported to operations that wait for a connection, and recovers", async () => {
    const sql = postgres(database.url, {
      max: 1,
      onnotice: () => {},
      connection: { application_name: "deepagents-remote" },
    });
    const patient = new PostgresBackend({ sql });
    const impatient = new PostgresBackend({ sql, statementTimeoutMs: scaled(300) });
    await impatient.initialize();
    await prepareAll(patient, "/full");
    let edit: Promise<unknown> = Promise.resolve();
    await whileLocked("/full/upload.txt", async () => {
      edit = patient.edit("/full/upload.txt", "old", "older");
      await until(database.sql, ({ waiting }) => waiting === 1);
      expectOutage(await runAll(impatient, "/full"), /The statement waited too long for a connection/);
    });
    expect(await edit).toMatchObject({ occurrences: 1 });
    await expectDone(await runAll(patient, "/full"), patient, "/full");
    await sql.end();
  });

  it("recovers when the statement that fills it is canceled", async () => {
    const backend = await open({ maxPoolSize: 1, statementTimeoutMs: scaled(1_000) });
    await prepareAll(backend, "/canceled");
    await whileLocked("/canceled/edit.txt", async () => {
      const edit = backend.edit("/canceled/edit.txt", "n", "n+");
      await until(database.sql, ({ waiting }) => waiting === 1);
      const refusals = [];
      for (;;) {
        const { error } = await backend.ls("/canceled");
        if (error === undefined) break;
        refusals.push(error);
      }
      for (const refusal of refusals)
        expect(refusal).toContain("did not answer in time: every connection waits for it");
      expect(await edit).toMatchObject({ error: expect.stringContaining("took too long and was canceled") });
      expect(await activity(database.sql)).toEqual({ connections: 1, running: 0, waiting: 0 });
    });
    await expectDone(await runAll(backend, "/canceled"), backend, "/canceled");
    await backend.close();
  });
});

describe("no connection is lost", () => {
  const read = (backend: PostgresBackend) => backend.downloadFiles(["/whole/0.txt"]);

  it.each<[string, (backend: PostgresBackend) => Promise<void>]>([
    [
      "answers that are lost",
      async (backend) => {
        let answers = 0;
        proxy.cuts = () => answers++ % 3 === 0;
        await repeat(12, () => read(backend));
      },
    ],
    [
      "connections that are reset",
      async (backend) => {
        let answers = 0;
        proxy.cuts = () => answers++ % 3 === 0 && "reset";
        await repeat(12, () => read(backend));
        for (const connection of proxy.connections) connection.reset();
      },
    ],
    [
      "answers that break off in the middle",
      async (backend) => {
        const old = new Set(proxy.connections);
        proxy.cuts = (_, connection) => old.has(connection) && "stall";
        await repeat(SIZE, () => read(backend));
      },
    ],
    [
      "connections that fall silent, and new ones too",
      async (backend) => {
        proxy.stalled = true;
        await repeat(2 * SIZE, () => read(backend));
        proxy.stalled = false;
      },
    ],
    [
      "connections that are refused",
      async (backend) => {
        for (const connection of proxy.connections) connection.reset();
        proxy.refusals = 10;
        await repeat(12, () => read(backend));
      },
    ],
    [
      "connections that are slow to come",
      async (backend) => {
        for (const connection of proxy.connections) connection.reset();
        let accept = () => {};
        proxy.accepts = new Promise((resolve) => {
          accept = resolve;
        });
        await repeat(12, () => read(backend));
        accept();
      },
    ],
    [
      "connections that the server ends",
      async (backend) => {
        const reads = repeat(12, () => read(backend));
        await database.sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'deepagents-remote' AND datname = current_database()`;
        await reads;
      },
    ],
    [
      "statements that are canceled",
      (backend) =>
        whileLocked("/whole/0.txt", async () => {
          await repeat(12, () => backend.edit("/whole/0.txt", "m", "n"));
        }),
    ],
  ])("by %s", async (_, fault) => {
    const backend = await open({
      statementTimeoutMs: scaled(500),
      connectTimeoutMs: scaled(500),
      operationTimeoutMs: scaled(2_000),
    });
    await expectWhole(database, backend, SIZE);
    await fault(backend);
    proxy.cuts = () => false;
    await expectWhole(database, backend, SIZE);
    await backend.close();
  });
});

describe("close() while 50 operations run or wait", () => {
  const rounds = ["/a", "/b", "/c", "/d", "/e"];

  it("lets them finish, and leaves no connection and no operation", async () => {
    const direct = database.backend({ maxPoolSize: 1 });
    await direct.initialize();
    await repeat(5, (i) => prepareAll(direct, rounds[i]!));
    const backend = await open();
    const running = repeat(5, (i) => runAll(backend, rounds[i]!));
    await backend.close();
    await until(database.sql, ({ connections }) => connections <= 1);
    const answers = await running;
    await repeat(5, (i) => expectDone(answers[i]!, direct, rounds[i]!));
    expectOutage(await runAll(backend, "/a"), /The backend was closed/);
    await direct.close();
  });

  it.each<[string, (close: () => Promise<void>) => Promise<void>]>([
    ["a lock holds them up", (close) => whileLocked("/held/edit.txt", close)],
    [
      "the server falls silent",
      async (close) => {
        proxy.stalled = true;
        await close();
      },
    ],
    [
      "the server cannot be reached",
      async (close) => {
        proxy.refusals = Number.POSITIVE_INFINITY;
        for (const connection of proxy.connections) connection.reset();
        await close();
      },
    ],
    [
      "connections are being made",
      async (close) => {
        proxy.accepts = new Promise(() => {});
        for (const connection of proxy.connections) connection.reset();
        await close();
      },
    ],
  ])("answers all of them when %s", async (_, during) => {
    const direct = database.backend();
    await direct.initialize();
    await prepareAll(direct, "/held");
    const backend = await open({ operationTimeoutMs: scaled(1_000), connectTimeoutMs: 600_000 });
    const writes = new Map<string, string | undefined>();
    await during(async () => {
      const operations = [
        ...Array.from({ length: 30 }, async (_, i) => {
          const path = `/held/new/${i}.txt`;
          writes.set(path, (await backend.write(path, "x")).error);
        }),
        ...Array.from({ length: 10 }, () => backend.edit("/held/edit.txt", "n", "n+")),
        runAll(backend, "/held"),
      ];
      await backend.close();
      await Promise.all(operations);
    });
    expect(writes.size).toBe(30);
    for (const [path, error] of writes) {
      if (error === undefined) expect(await direct.read(path)).toMatchObject({ content: "x" });
    }
    expect((await backend.ls("/")).error).toContain("was closed");
    await direct.delete("/held");
    await direct.close();
  });
});

describe("a process that has closed its backend", () => {
  const run = promisify(execFile);
  const closes = fileURLToPath(new URL("fixtures/closes.mjs", import.meta.url));
  const failures = async (url: string, operationTimeoutMs = 500) => {
    const options = {
      url,
      connectTimeoutMs: 600_000,
      statementTimeoutMs: 600_000,
      operationTimeoutMs,
    };
    const ended = await run(process.execPath, [closes, JSON.stringify(options)], { timeout: 600_000 });
    return ended.stdout.trim();
  };

  it("exits by itself", async () => {
    expect(await failures(database.url, 30_000)).toBe("0");
  });

  it("exits by itself if the server was unreachable", async () => {
    const url = proxy.through(database.url);
    proxy.refusals = Number.POSITIVE_INFINITY;
    expect(await failures(url)).toBe("22");
  });

  it("exits by itself if the server never answers", async () => {
    proxy.accepts = new Promise(() => {});
    expect(await failures(proxy.through(database.url))).toBe("22");
  });
});
