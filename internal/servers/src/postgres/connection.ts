import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import postgres from "postgres";

/** An address where something listens that never answers is given up after that time. */
const CONNECT_TIMEOUT_S = 60;

/** Runs `work` on one connection to `url` and closes it. */
export async function withConnection<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_S,
    fetch_types: false,
    onnotice() {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** True if a server takes statements at that address. Through a pooler it leaves no prepared statement behind. */
export const answers = (url: string): Promise<boolean> =>
  withConnection(url, (sql) => sql.unsafe("select 1")).then(
    () => true,
    () => false,
  );

/** True if the server at that address works on the data directory. */
export const answersFor = (url: string, data: string): Promise<boolean> =>
  withConnection(url, async (sql) => {
    const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
    return realpathSync(row!.data_directory) === realpathSync(data);
  }).catch(() => false);

/** Version that a server reports: `17.5`, without the name of the packager. */
export async function askVersion(url: string): Promise<string> {
  return withConnection(url, async (sql) => {
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    return row!.server_version.split(" ")[0]!;
  });
}

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
      "TEST_POSTGRES_URL is not set. Run the tests by `npm test`, and name postgres in `jest.globals.servers` of the " +
        "package's package.json.",
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
