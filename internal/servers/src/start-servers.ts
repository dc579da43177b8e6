import { MISSING_SERVERS, MissingServer } from "./missing.js";
import { providePgBouncer } from "./pgbouncer/provide.js";
import { startPostgres } from "./postgres/start.js";
import { startMinio, startVersityGw } from "./s3/start.js";

interface Options {
  log(line: string): void;
  /** True to continue without servers that this machine does not have. Default: false. */
  allowMissing?: boolean;
}

interface Started {
  description: string;
  /** Tells other processes where the server is. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const starters = {
  async postgres(options: Options): Promise<Started> {
    const server = await startPostgres(options);
    return { ...server, env: { TEST_POSTGRES_URL: server.url } };
  },
  async minio(options: Options): Promise<Started> {
    const server = await startMinio(options);
    return { ...server, env: { TEST_S3_URL: server.url, TEST_S3_SERVER: await serverName(server.endpoint) } };
  },
  async versitygw(options: Options): Promise<Started> {
    const server = await startVersityGw(options);
    return { ...server, env: { TEST_VERSITYGW_URL: server.url } };
  },
  /** Only provided here: each test starts its own, in front of its own database. */
  async pgbouncer({ log }: Options): Promise<Started> {
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
  options: Options,
): Promise<Omit<Started, "description">> {
  const outcomes = await Promise.allSettled(names.map((name) => starters[name](options)));
  const started = outcomes.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const missing: Record<string, string> = {};
  const failures: Error[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") continue;
    const error = outcome.reason as Error;
    if (options.allowMissing && error instanceof MissingServer) missing[names[i]!] = error.message;
    else failures.push(error);
  }
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.map(({ message }) => message).join("\n"), { cause: failures[0] });
  }
  for (const server of started) options.log(server.description);
  for (const reason of Object.values(missing)) options.log(reason);
  const env = Object.assign({}, ...started.map((server) => server.env));
  return {
    env: Object.keys(missing).length > 0 ? { ...env, [MISSING_SERVERS]: JSON.stringify(missing) } : env,
    stop,
  };
}

/** Name that an S3 service gives itself: `MinIO`, `VERSITYGW`; empty if it gives none. */
async function serverName(endpoint: string): Promise<string> {
  const answer = await fetch(endpoint);
  await answer.body?.cancel();
  return answer.headers.get("server") ?? "";
}
