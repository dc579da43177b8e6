import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { connectionSettings } from "../../src/connection/connection-settings.js";
import { PostgresBackend, type PostgresBackendOptions } from "../../src/index.js";

const SECRET = "hunter2";
const sql = postgres({ host: "localhost" });

/** Looks like a pool of the package pg. */
class Pool {
  query() {}
  connect() {}
}

const construct = (options: object) => new PostgresBackend(options as PostgresBackendOptions);

describe("refused options", () => {
  it.each<[object, string]>([
    [{ hots: "x" }, "there is no option 'hots': did you mean 'host'?"],
    [{ connectionString: "x" }, "there is no option 'connectionString': did you mean 'url'?"],
    [{ max_pool_size: 1 }, "there is no option 'max_pool_size': did you mean 'maxPoolSize'?"],
    [{ ssl: true }, "there is no option 'ssl': give 'sslmode', such as"],
    [{ idle: 1 }, "there is no option 'idle'; the options are host, port"],
    [{ sql: new Pool() }, "a client of the package pg cannot be used: give its connection string as 'url'"],
    [{ pool: new Pool() }, "a client of the package pg cannot be used"],
    [new Pool(), "a client of the package pg cannot be used"],
    [{ sql: "postgres://a/c" }, "give a connection string as 'url'"],
    [{ url: undefined }, "option 'url' is undefined: set the environment variable"],
    [{ host: "a", database: undefined }, "option 'database' is undefined"],
    [{ password: undefined }, "option 'password' is undefined"],
    [{ schema: undefined }, "option 'schema' is undefined"],
    [{ table: "public.files" }, "give the part before the dot as 'schema' and the part behind it as 'table'"],
    [{ user: "" }, "option 'user' must be a non-empty string, not an empty string."],
    [{ sslmode: "verify_full" }, `did you mean "verify-full"?`],
    [{ host: "" }, "option 'host' must be the name or address of one host"],
    [{ host: "a,b" }, "option 'host' must be the name or address of one host"],
    [{ operationTimeoutMs: 3e9 }, "option 'operationTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ port: "5432" }, "option 'port' must be a whole number from 1 to 65535, not a string"],
    [{ port: 0 }, "option 'port' must be a whole number from 1 to 65535, not 0."],
    [{ user: 1 }, "option 'user' must be a non-empty string, not 1."],
    [{ password: 1 }, "option 'password' must be a string or a function"],
    [{ table: "" }, "option 'table' must be a name of 1 to 63 bytes"],
    [{ table: "t".repeat(64) }, "option 'table' must be a name of 1 to 63 bytes"],
    [{ table: "a\0b" }, "option 'table' must be a name of 1 to 63 bytes without control characters"],
    [{ schema: "\n" }, "option 'schema' must be a name"],
    [{ minPoolSize: -1 }, "option 'minPoolSize' must be a whole number from 0 to 1000"],
    [{ maxPoolSize: 0 }, "option 'maxPoolSize' must be a whole number from 1 to 1000"],
    [{ minPoolSize: 11 }, "option 'minPoolSize' must not be larger than 'maxPoolSize'"],
    [{ minPoolSize: 3, maxPoolSize: 2 }, "option 'minPoolSize' must not be larger than 'maxPoolSize'"],
    [
      { sslmode: "on" },
      `option 'sslmode' must be one of "disable", "allow", "prefer", "require", "verify-ca", "verify-full"`,
    ],
    [{ ca: "-----BEGIN" }, "option 'ca' needs 'sslmode' to be"],
    [{ sslmode: "prefer", ca: "-----BEGIN" }, "option 'ca' needs 'sslmode' to be"],
    [{ searchIndex: true }, `option 'searchIndex' must be one of "auto", "on", "off"`],
    [{ statementTimeoutMs: 0 }, "option 'statementTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ connectTimeoutMs: 1.5 }, "option 'connectTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ prepare: "no" }, "option 'prepare' must be true or false"],
    [{ namespace: "acme" }, "option 'namespace' must be an array of strings"],
    [{ url: "localhost" }, "option 'url' must be a URL such as"],
    [{ url: "mysql://localhost" }, "option 'url' must start with postgres:// or postgresql://"],
    [
      { url: "postgres://a/c?sslmod=require" },
      "option 'url' has the parameter 'sslmod', which is not supported",
    ],
    [{ url: "postgres://a/c?sslmode=on" }, "option 'url' has a wrong sslmode"],
    [{ url: "postgres://a/c?sslmode=require", sslmode: "disable" }, "option 'sslmode' is given twice"],
    [{ url: "postgres://a/c", host: "b" }, "option 'host' cannot be combined with 'url'"],
    [{ url: "postgres://a/%zz" }, "option 'url'"],
    [{ sql, host: "b" }, "option 'host' cannot be combined with 'sql'"],
    [{ sql, url: "postgres://a/c" }, "option 'url' cannot be combined with 'sql'"],
    [{ sql, prepare: false }, "option 'prepare' cannot be combined with 'sql'"],
    [{ sql: {} }, "option 'sql' must be a client made by postgres()"],
    [
      { sql: Object.assign(() => {}, { unsafe: () => {}, end: () => {}, savepoint: () => {} }) },
      "not a transaction",
    ],
    [
      { sql: Object.assign(() => {}, { unsafe: () => {}, end: () => {}, release: () => {} }) },
      "reserved connection",
    ],
  ])("%j", (options, message) => {
    expect(() => construct(options)).toThrow("PostgreSQL: ");
    expect(() => construct(options)).toThrow(message);
    expect(() => construct(options)).toThrow(expect.objectContaining({ code: "invalid-options" }));
  });

  it.each<object>([
    { password: 1, user: SECRET },
    { url: `postgres://u:${SECRET}@a b/c` },
    { url: `postgres://u:${SECRET}@a/c`, port: 1 },
    { url: `http://u:${SECRET}@a/c` },
    { [SECRET.length]: SECRET },
  ])("never quote a value (%#)", (options) => {
    expect(() => construct(options)).toThrow(expect.not.stringContaining(SECRET) as never);
    try {
      construct(options);
    } catch (error) {
      expect(inspect(error)).not.toContain(SECRET);
    }
  });
});

describe("connection settings", () => {
  const settings = (options: PostgresBackendOptions) => connectionSettings(options);

  it("default to those of the Python package", () => {
    expect(settings({})).toEqual({
      hosts: [{ host: "localhost", port: 5432 }],
      targetSessionAttrs: "any",
      database: "deepagents",
      user: "postgres",
      password: "postgres",
      sslmode: "prefer",
      lacksChannelBinding: false,
      ca: undefined,
      minPoolSize: 2,
      maxPoolSize: 10,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 60_000,
      maxLifetimeMs: 3_600_000,
      sharePool: true,
      prepare: true,
      schema: undefined,
      session: {
        user: "postgres",
        database: "deepagents",
        client_encoding: "UTF8",
        application_name: "deepagents-remote",
      },
    });
    expect(settings({ maxPoolSize: 1 }).minPoolSize).toBe(1);
  });

  it("are read from a URL", () => {
    expect(
      settings({ url: "postgresql://us%40er:p%2Fw@db.example:6000/my%20db?sslmode=verify-full" }),
    ).toMatchObject({
      hosts: [{ host: "db.example", port: 6000 }],
      database: "my db",
      user: "us@er",
      password: "p/w",
      sslmode: "verify-full",
    });
    expect(settings({ url: "postgres://[::1]/x" }).hosts).toEqual([{ host: "::1", port: 5432 }]);
    const { hosts } = settings({ url: "postgres:///x?host=/run/postgresql" });
    expect(hosts).toEqual([{ host: "/run/postgresql", port: 5432 }]);
    expect(settings({ url: "postgres://db" })).toMatchObject({
      hosts: [{ host: "db", port: 5432 }],
      database: "deepagents",
    });
  });
});

describe("a backend", () => {
  const backend = construct({ password: SECRET, user: "someone" });

  it("opens no connection when it is constructed, and shows no secret", () => {
    expect(inspect(backend, { depth: 10, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify(backend)).not.toContain(SECRET);
    expect(String(backend)).not.toContain(SECRET);
  });

  it("is not mistaken for another kind of backend by deepagents", () => {
    for (const name of ["execute", "id", "routePrefixes"]) expect(name in backend).toBe(false);
    expect(typeof backend).toBe("object");
  });
});
