import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { activity, repeatUntil } from "./helpers/activity.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
const run = promisify(execFile);

const open = (options: PostgresBackendOptions = {}) =>
  new PostgresBackend({ url: database.url, minPoolSize: 0, maxPoolSize: 2, ...options });

const repeat = <T>(times: number, make: (i: number) => T) => Array.from({ length: times }, (_, i) => make(i));

afterEach(async () => {
  jest.restoreAllMocks();
  const areGone = async () => (await activity(database.sql)).connections === 0;
  await repeatUntil(areGone, areGone);
});

describe("backends with the same connection options", () => {
  it("share one pool, whose last user ends it", async () => {
    const backends = repeat(60, () => open({ namespace: ["shared"] }));
    const answers = await Promise.all(backends.map((backend, i) => backend.write(`/${i}.txt`, "x")));
    expect(answers.filter(({ error }) => error)).toEqual([]);
    expect((await activity(database.sql)).connections).toBeLessThanOrEqual(2);
    const [first, ...others] = backends;
    await Promise.all(others.map((backend) => backend.close()));
    expect((await first!.ls("/")).files).toHaveLength(60);
    await first!.close();
  });

  it("have a pool of their own where one option differs, or by sharePool: false", async () => {
    const { hostname, port, pathname, password } = new URL(database.url);
    const place = { host: hostname, port: Number(port), database: pathname.slice(1), minPoolSize: 0 };
    const getPassword = () => password;
    const backends = [
      open({ maxPoolSize: 1 }),
      open({ maxPoolSize: 1, sharePool: false }),
      open({ maxPoolSize: 3 }),
      new PostgresBackend({ ...place, password: getPassword }),
      new PostgresBackend({ ...place, password: () => password }),
      new PostgresBackend({ ...place, password: getPassword }),
    ];
    for (const backend of backends) expect((await backend.ls("/")).error).toBeUndefined();
    expect((await activity(database.sql)).connections).toBe(5);
    await Promise.all(backends.map((backend) => backend.close()));
  });
});

describe("many pools to one database", () => {
  it("emit one process warning, with the remedy and without secrets", async () => {
    const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
    const backends = repeat(12, () => open({ sharePool: false }));
    expect(warn).toHaveBeenCalledTimes(1);
    const [message, options] = warn.mock.calls[0] as unknown as [string, object];
    expect(message).toMatch(
      /^This process has 10 pools of connections to the database \w+ at .*:\d+\. Construct one/,
    );
    expect(message).not.toContain(new URL(database.url).password);
    expect(options).toMatchObject({ code: "DEEPAGENTS_REMOTE_MANY_POOLS" });
    await Promise.all(backends.map((backend) => backend.close()));
  });
});

describe("an abandoned backend", () => {
  it("releases its connections when it is garbage-collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    await (async () => void (await open({ idleTimeoutMs: 0, maxLifetimeMs: 0 }).ls("/")))();
    expect((await activity(database.sql)).connections).toBe(1);
    const isGone = async () => {
      collect();
      return (await activity(database.sql)).connections === 0;
    };
    await repeatUntil(isGone, isGone);
  });

  it("does not keep the process alive", async () => {
    const forgets = fileURLToPath(new URL("fixtures/forgets.mjs", import.meta.url));
    const { stdout } = await run(process.execPath, [forgets, database.url], { timeout: 600_000 });
    expect(stdout.trim()).toBe("done");
  });
});
