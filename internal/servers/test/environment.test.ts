import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort } from "../src/os/free-port.js";
import { createDatabase } from "../src/postgres/database.js";
import { startPostgres } from "../src/postgres/start.js";
import type { PostgresServer } from "../src/postgres/types.js";
import { redact } from "../src/redact.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { answers } from "./helpers/server.js";

const given = process.env.TEST_POSTGRES_URL;

it("the set-up for jest has named a server before any test runs", async () => {
  expect(await answers(given!)).toBe(true);
  const database = await createDatabase();
  expect(await answers(database.url)).toBe(true);
  await database.drop();
});

describe("TEST_POSTGRES_URL", () => {
  withCleanEnvironment();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ sources: ["binaries", "embedded"] });
  });
  afterAll(() => server.stop());

  it("goes before everything else, and its server is not stopped", async () => {
    process.env.TEST_POSTGRES_URL = server.url;
    const found = await startPostgres();
    expect(found).toMatchObject({ source: "environment", url: server.url, version: server.version });
    expect(found.description).not.toContain("postgres:postgres@");
    await found.stop();
    expect(await answers(server.url)).toBe(true);
  });

  it("is an error that says so when nobody answers there, without the password", async () => {
    process.env.TEST_POSTGRES_URL = `postgres://me:secret@127.0.0.1:${await freePort()}/app`;
    const error = await startPostgres().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(
      /^TEST_POSTGRES_URL is set, but the PostgreSQL at .* does not answer: .*ECONNREFUSED/,
    );
    expect(error?.message).not.toContain("secret");
  });

  it("is an error when the server refuses the password", async () => {
    const url = new URL(server.url);
    url.password = "wrong";
    process.env.TEST_POSTGRES_URL = url.href;
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

  it("is what createDatabase needs", async () => {
    await expect(createDatabase()).rejects.toThrow("TEST_POSTGRES_URL is not set");
  });
});

it("passwords are not shown, wherever the address has them", () => {
  expect(redact("postgres://me:secret@host/db")).toBe("postgres://me:***@host/db");
  expect(redact("postgres://host/db?password=secret")).toBe("postgres://host/db?password=***");
});
