import { type PostgresServer, startPostgres } from "@deepagents-internal/servers";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { PostgresBackend, type PostgresBackendOptions } from "../src/index.js";
import { repeatUntil } from "./helpers/activity.js";

/** A server of this file's own that is made read-only, as a standby is. */
class Server {
  readonly #server: PostgresServer;
  readonly sql: Sql;

  constructor(server: PostgresServer) {
    this.#server = server;
    const connection = { default_transaction_read_only: "off" } as never;
    this.sql = postgres(server.url, { max: 1, onnotice: () => {}, connection });
  }

  get address(): string {
    return new URL(this.#server.url).host;
  }

  async setReadOnly(isReadOnly: boolean): Promise<void> {
    await this.sql.unsafe(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? "on" : "off"}`);
    await this.sql`SELECT pg_reload_conf()`;
    const isSet = async () => {
      const other = postgres(this.#server.url, { max: 1 });
      const [row] = await other`SELECT current_setting('default_transaction_read_only') AS value`;
      await other.end();
      return row?.value === (isReadOnly ? "on" : "off");
    };
    await repeatUntil(isSet, isSet);
  }

  /** Counts the connections of backends. */
  async connections(): Promise<number> {
    const [row] = await this.sql`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'deepagents-remote'`;
    return row?.n;
  }

  async stop(): Promise<void> {
    await this.sql.end();
    await this.#server.stop();
  }
}

let servers: [Server, Server];
beforeAll(async () => {
  const start = async () => new Server(await startPostgres({ sources: ["binaries", "embedded"] }));
  servers = await Promise.all([start(), start()]);
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));
beforeEach(async () => {
  await servers[0].setReadOnly(false);
  await servers[1].setReadOnly(true);
});

const url = (attributes: string, hosts = servers.map(({ address }) => address)) =>
  `postgres://postgres:postgres@${hosts.join(",")}/postgres?target_session_attrs=${attributes}`;

/** Connects once and tells to which server, or why to none. */
async function connectedTo(address: string, options: PostgresBackendOptions = {}): Promise<string> {
  const backend = new PostgresBackend({
    url: address,
    minPoolSize: 0,
    operationTimeoutMs: scaled(2_000),
    ...options,
  });
  const { error } = await backend.check();
  const counts = await Promise.all(servers.map((server) => server.connections()));
  await backend.close();
  const gone = async () =>
    (await Promise.all(servers.map((server) => server.connections()))).every((n) => n === 0);
  await repeatUntil(gone, gone);
  if (error?.message.includes("cannot be reached")) return error.message;
  const found = ["first", "second"].filter((_, i) => counts[i]! > 0);
  // The table is not there, which is no matter of the connection.
  return found.join(" and ") || (error?.message ?? "none");
}

describe("target_session_attrs", () => {
  it.each([
    ["any", "first"],
    ["read-write", "first"],
    ["primary", "first"],
    ["read-only", "second"],
    ["prefer-standby", "first"],
  ])("%s leads to the %s server", async (attributes, which) => {
    expect(await connectedTo(url(attributes))).toBe(which);
  });

  it("is tried in order, and reports that no server qualifies", async () => {
    const [first, second] = servers.map(({ address }) => address) as [string, string];
    expect(await connectedTo(url("read-write", [second, first]))).toBe("first");
    expect(await connectedTo(url("any", [second, first]))).toBe("second");
    expect(await connectedTo(url("standby"))).toMatch(
      /^The database postgres at .*, .* cannot be reached: none of its servers is of the kind that target_session_attrs requires\.$/,
    );
  });

  it("skips a host where nothing listens", async () => {
    expect(await connectedTo(url("any", ["127.0.0.1:1", servers[0].address]))).toBe("first");
  });
});

describe("after a failover", () => {
  const switchOver = async () => {
    await servers[0].setReadOnly(true);
    await servers[1].setReadOnly(false);
  };

  it("repeats a write on the new primary, and leaves no connection to the old one", async () => {
    const backend = new PostgresBackend({ url: url("read-write"), maxPoolSize: 3, table: "moved" });
    await servers[1].setReadOnly(false);
    // As by replication, the table is there.
    const other = new PostgresBackend({
      url: url("any", [servers[1].address]),
      table: "moved",
      minPoolSize: 0,
    });
    await other.initialize();
    await other.close();
    await servers[1].setReadOnly(true);
    await backend.initialize();
    await Promise.all(Array.from({ length: 9 }, (_, i) => backend.write(`/before/${i}.txt`, "x")));
    await switchOver();
    expect(await backend.write("/after.txt", "x")).toEqual({ path: "/after.txt", filesUpdate: null });
    expect(await servers[1].sql`SELECT path FROM moved`).toEqual([{ path: "after.txt" }]);
    const isEmpty = async () => (await servers[0].connections()) === 0;
    await repeatUntil(isEmpty, isEmpty);
    await backend.close();
  });

  it("reports a permanently read-only server instead of retrying", async () => {
    const backend = new PostgresBackend({ url: url("any"), table: "stuck" });
    await backend.initialize();
    await servers[0].setReadOnly(true);
    expect(await backend.write("/a.txt", "x")).toMatchObject({
      error: expect.stringMatching(
        /The database postgres at .* is read-only \(a standby, or a read-only role\)\.$/,
      ),
    });
    await backend.close();
  });
});

describe("check()", () => {
  it("warns of a read-only server, unless the backend only reads", async () => {
    const write = new PostgresBackend({ url: url("any"), table: "checked" });
    await write.initialize();
    await servers[0].setReadOnly(true);
    const read = new PostgresBackend({ url: url("any"), table: "checked", readOnly: true });
    // Connections take the setting up at their next statement.
    const warnings = async (backend: PostgresBackend) =>
      (await backend.check()).warnings.map(({ code }) => code);
    const isKnown = async () => (await warnings(write)).includes("server-read-only");
    await repeatUntil(isKnown, isKnown);
    expect(await warnings(read)).toEqual([]);
    await Promise.all([write.close(), read.close()]);
  });
});
