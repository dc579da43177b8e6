import type { Log } from "./messages.js";
import { providePgBouncer } from "./pgbouncer/provide.js";
import { startPostgres } from "./postgres/start.js";
import { startMinio, startVersityGw } from "./s3/start.js";
import { MissingServer } from "./sources.js";

/**
 * Environment variable that `npm test` sets when servers are missing: a JSON object from the server's name to the reason,
 * with what to install. The jest configuration leaves out the test files that need one of them.
 */
export const MISSING_SERVERS = "TEST_SERVERS_MISSING";

interface Options {
  log: Log;
  /** True to continue without servers that this machine does not have. Default: false. */
  allowMissing?: boolean;
}

interface Started {
  description: string;
  /** Variables that name the server to other processes. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const starters = {
  async postgres(log: Log): Promise<Started> {
    const server = await startPostgres({ log });
    return { ...server, env: { TEST_POSTGRES_URL: server.url } };
  },
  async minio(log: Log): Promise<Started> {
    const server = await startMinio({ log });
    return { ...server, env: { TEST_S3_URL: server.url, TEST_S3_SERVER: await serverName(server.endpoint) } };
  },
  async versitygw(log: Log): Promise<Started> {
    const server = await startVersityGw({ log });
    return { ...server, env: { TEST_VERSITYGW_URL: server.url } };
  },
  /** Only provided here: each test starts its own, in front of its own database. */
  async pgbouncer(log: Log): Promise<Started> {
    const found = await providePgBouncer(log);
    const description = `PgBouncer ${"path" in found ? `from ${found.path}` : `in Docker (${found.image})`}`;
    return { description, env: {}, async stop() {} };
  },
};

export type ServerName = keyof typeof starters;
export const SERVERS = Object.keys(starters) as ServerName[];

/**
 * Finds or starts the servers of these names at the same time, and says which it took.
 * @throws Error when one of them fails to start, or is missing without `allowMissing`, after stopping the others
 */
export async function startServers(
  names: readonly ServerName[],
  { log, allowMissing = false }: Options,
): Promise<Omit<Started, "description">> {
  const started: Started[] = [];
  const missing: Record<string, string> = {};
  const failures: Error[] = [];
  const start = async (name: ServerName) => {
    try {
      started.push(await starters[name](log));
    } catch (error) {
      // PostgreSQL comes with npm: where it is missing, the installation is broken.
      const mayMiss = allowMissing && error instanceof MissingServer && name !== "postgres";
      if (mayMiss) missing[name] = error.message;
      else failures.push(error as Error);
    }
  };
  await Promise.all(names.map(start));
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.map(({ message }) => message).join("\n"), { cause: failures[0] });
  }
  for (const line of [...started.map(({ description }) => description), ...Object.values(missing)]) log(line);
  const env = Object.assign({}, ...started.map((server) => server.env));
  if (Object.keys(missing).length > 0) env[MISSING_SERVERS] = JSON.stringify(missing);
  return { env, stop };
}

/** Returns the name that an S3 service gives itself: `MinIO`, `VERSITYGW`; empty if it gives none. */
async function serverName(endpoint: string): Promise<string> {
  const answer = await fetch(endpoint);
  await answer.body?.cancel();
  return answer.headers.get("server") ?? "";
}
