import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import postgres from "postgres";

/** Runs `work` on one connection to `url` and closes it. */
export async function withConnection<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, {
    max: 1,
    // For an address where something listens that never answers.
    connect_timeout: 60,
    fetch_types: false,
    onnotice() {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Returns a setting of a server. Leaves no prepared statement behind a pooler. */
export const show = (url: string, setting: string): Promise<string> =>
  withConnection(url, async (sql) => (await sql.unsafe(`show ${setting}`))[0]?.[setting]);

/** Returns the version that a server reports: `17.5`, without the name of the packager. */
export const askVersion = async (url: string): Promise<string> =>
  (await show(url, "server_version")).split(" ")[0]!;

/** Returns true if a server takes statements at that address. */
export const answers = (url: string): Promise<boolean> =>
  askVersion(url).then(
    () => true,
    () => false,
  );

/** Returns true if the server at that address works on the data directory. */
export const answersFor = (url: string, data: string): Promise<boolean> =>
  show(url, "data_directory").then(
    (found) => realpathSync(found) === realpathSync(data),
    () => false,
  );

/** Address of a server that was started here. */
export const localUrl = (port: number): string => `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;

export interface TestDatabase {
  url: string;
  /** Drops it, with whoever is still connected. Dropping it twice is fine. */
  drop(): Promise<void>;
}

/**
 * Makes a new, empty database for one test file, so that no two share state. Takes about 70 ms.
 * @param url Address of the server. Default: `TEST_POSTGRES_URL`, which `npm test` and the jest set-up give.
 */
export async function createDatabase(url = process.env.TEST_POSTGRES_URL): Promise<TestDatabase> {
  if (!url) {
    throw new Error(
      "TEST_POSTGRES_URL is not set. Run the tests by `npm test`, and name postgres for this package in " +
        "jest.config.mjs.",
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
