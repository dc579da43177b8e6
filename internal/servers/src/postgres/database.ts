import { randomBytes } from "node:crypto";
import { withConnection } from "./connection.js";
import type { TestDatabase } from "./types.js";

/**
 * A new, empty database for one test file, so that no two share state.
 * @param url the server's address. Default: `TEST_POSTGRES_URL`, which the jest set-up and `with-servers` give.
 */
export async function createDatabase(url = process.env.TEST_POSTGRES_URL): Promise<TestDatabase> {
  if (!url) {
    throw new Error(
      "TEST_POSTGRES_URL is not set. Run the tests by `npm test`, or name " +
        "@deepagents-internal/servers/jest-global-setup as globalSetup in the package's jest.config.mjs.",
    );
  }
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withConnection(url, (sql) => sql`create database ${sql(name)}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    async drop() {
      await withConnection(url, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
    },
  };
}
