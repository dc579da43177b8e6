import postgres from "postgres";

const CONNECT_TIMEOUT_S = 5;

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

/** What a server says of itself: `17.5`, without the name of the packager. */
export async function askVersion(url: string): Promise<string> {
  return withConnection(url, async (sql) => {
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    return row!.server_version.split(" ")[0]!;
  });
}

/** The address of a server that was started here. */
export function localUrl(port: number): string {
  return `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
}
