import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { connectionSettings, describeDatabase } from "../../src/connection/connection-settings.js";

const certificate = join(mkdtempSync(join(tmpdir(), "ca-")), "ca.pem");
writeFileSync(certificate, "-----BEGIN CERTIFICATE-----");

describe("connection strings of providers", () => {
  it.each<[string, string, object]>([
    [
      "Neon",
      "postgresql://neondb_owner:npg_x@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
      { sslmode: "require", prepare: true, database: "neondb", lacksChannelBinding: true },
    ],
    [
      "Neon, verified",
      "postgresql://u:p@ep-cool-1.neon.tech/neondb?sslmode=verify-full&channel_binding=require",
      { sslmode: "verify-full", lacksChannelBinding: false },
    ],
    [
      "Neon with an endpoint option",
      "postgres://u:p@h/db?options=endpoint%3Dep-cool-1&sslmode=verify-full",
      { session: { options: "endpoint=ep-cool-1" } },
    ],
    [
      "Supabase, transactions",
      "postgresql://postgres.abc:p@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true",
      { prepare: false, user: "postgres.abc" },
    ],
    ["Supabase without the parameter", "postgresql://u:p@h:6543/postgres", { prepare: false }],
    [
      "Prisma",
      "postgresql://u:p@h:5432/db?schema=agents&connection_limit=1&pool_timeout=20&statement_cache_size=0",
      { schema: "agents", maxPoolSize: 1, minPoolSize: 1, prepare: false },
    ],
    ["Vercel", "postgres://u:p@h:6543/postgres?sslmode=require&supa=base-pooler.x", { sslmode: "require" }],
    ["Heroku", "postgres://u:p@h.compute-1.amazonaws.com:5432/d1?ssl=true", { sslmode: "require" }],
    ["node-postgres", "postgres://u:p@h/db?sslmode=no-verify&uselibpqcompat=true", { sslmode: "require" }],
    [
      "Cloud SQL",
      "postgresql://u:p@/db?host=/cloudsql/project:europe-west1:instance",
      { hosts: [{ host: "/cloudsql/project:europe-west1:instance", port: 5432 }], user: "u", password: "p" },
    ],
    [
      "Cloud SQL with a host in its place",
      "postgresql://u:p@localhost/db?host=/cloudsql/a:b:c",
      { hosts: [{ host: "/cloudsql/a:b:c", port: 5432 }] },
    ],
    [
      "RDS",
      `postgresql://u:p@db.rds.amazonaws.com:5432/db?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate)}`,
      { sslmode: "verify-full", ca: "-----BEGIN CERTIFICATE-----" },
    ],
    [
      "a system authority",
      "postgres://u:p@h/db?sslrootcert=system",
      { sslmode: "verify-full", ca: undefined },
    ],
    [
      "a name and a time",
      "postgres://u:p@h/db?application_name=my%20app&connect_timeout=15",
      { connectTimeoutMs: 15_000, session: { application_name: "my app" } },
    ],
    ["no limit of time", "postgres://u:p@h/db?connect_timeout=0", { connectTimeoutMs: 10_000 }],
    [
      "several hosts",
      "postgres://u:p@a:1,b,[::1]:3/db?target_session_attrs=read-write&load_balance_hosts=disable",
      {
        hosts: [
          { host: "a", port: 1 },
          { host: "b", port: 5432 },
          { host: "::1", port: 3 },
        ],
        targetSessionAttrs: "read-write",
      },
    ],
    [
      "everything as parameters",
      "postgresql:///?host=a,b&port=1,2&user=u&password=p%40&dbname=db",
      {
        hosts: [
          { host: "a", port: 1 },
          { host: "b", port: 2 },
        ],
        user: "u",
        password: "p@",
        database: "db",
      },
    ],
    ["an encoded password", "postgres://u:%40%2F%3F%23%25%3A@h/db", { password: "@/?#%:" }],
  ])("%s", (_, url, settings) => {
    expect(connectionSettings({ url })).toMatchObject(settings);
  });
});

describe("refused connection strings", () => {
  it.each([
    ["postgres://u:hunter2@x@h/db", "has more than one '@'; if it is part of the password, write it as"],
    ["postgres://u:12/hunter2@h/db", "has an '@' behind a '/' or '?'; if it is part of the password"],
    ["postgres://u:12?hunter2=@h/db", "has an '@' behind a '/' or '?'"],
    ["postgres://u:hunter2/x@h/db", "has an '@' behind a '/' or '?'"],
    ["postgres://u:hunter2#x@h/db", "has a '#'; if it is part of the password"],
    ["postgres://u:hunter2%x@h/db", "has a '%' that encodes nothing"],
    ["postgres://u:hunter2@h:99999/db", "has a port above 65535"],
    ["postgres://u:hunter2@h:port/db", "must name a host"],
    [
      "postgres://h/db?sslcert=hunter2",
      "has the parameter 'sslcert', which is not supported; known are host",
    ],
    [
      "postgres://h/db?target_session_attrs=hunter2",
      "has a wrong target_session_attrs: it may be any, read-write",
    ],
    ["postgres://h/db?connect_timeout=hunter2", "has a wrong connect_timeout: it must be a whole number"],
    ["postgres://h/db?sslnegotiation=direct", "which is only supported as postgres"],
    ["postgres://h/db?gssencmode=require", "which is only supported as disable or prefer"],
    ["postgres://h/db?ssl=true&sslmode=disable", "has parameters that contradict each other"],
    ["postgres://h/db?sslmode=require&sslmode=require", "has the parameter 'sslmode' twice"],
    [
      "postgres://h/db?sslmode=verify-full&sslrootcert=/hunter2",
      "has an sslrootcert that cannot be read (ENOENT)",
    ],
    ["postgres://h/db?sslrootcert=/etc/hostname", "'ca' needs 'sslmode' to be"],
  ])("%s", (url, message) => {
    let thrown: unknown;
    try {
      connectionSettings({ url });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "invalid-options", message: expect.stringContaining(message) });
    expect(inspect(thrown)).not.toContain("hunter2");
  });

  it("are those that repeat an option", () => {
    const url = "postgres://h/db?connect_timeout=5&pgbouncer=true&connection_limit=2&schema=a";
    for (const option of [{ connectTimeoutMs: 1 }, { prepare: true }, { maxPoolSize: 1 }, { schema: "b" }]) {
      const [name] = Object.keys(option);
      expect(() => connectionSettings({ url, ...option })).toThrow(`option '${name}' is given twice`);
    }
  });
});

describe("a database's name in messages", () => {
  it.each([
    ["postgres://u:hunter2@h/db", "database db at h:5432"],
    ["postgres://a:1,[::1]:2/db", "database db at a:1, [::1]:2"],
    ["postgres://h/not%20found", "database at h:5432"],
  ])("%s", (url, name) => {
    expect(describeDatabase(connectionSettings({ url }))).toBe(name);
  });
});
