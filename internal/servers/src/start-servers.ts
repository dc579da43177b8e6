import { startMinio } from "./minio/start.js";
import { startPostgres } from "./postgres/start.js";

interface Options {
  log(line: string): void;
  signals?: boolean;
}

interface Started {
  description: string;
  /** What tells others where it is. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const starters = {
  async postgres(options: Options): Promise<Started> {
    const server = await startPostgres(options);
    return { ...server, env: { TEST_POSTGRES_URL: server.url, TEST_POSTGRES_VERSION: server.version } };
  },
  async minio(options: Options): Promise<Started> {
    const server = await startMinio(options);
    return { ...server, env: { TEST_S3_URL: server.url } };
  },
};

export type ServerName = keyof typeof starters;
export const SERVERS = Object.keys(starters) as ServerName[];

/**
 * Finds or starts the servers of these names at the same time, and says which it took.
 * @throws when one of them cannot be had, after stopping the others
 */
export async function startServers(
  names: readonly ServerName[],
  options: Options,
): Promise<Omit<Started, "description">> {
  const outcomes = await Promise.allSettled(names.map((name) => starters[name](options)));
  const started = outcomes.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const failed = outcomes.flatMap((each) => (each.status === "rejected" ? (each.reason as Error) : []));
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  if (failed.length > 0) {
    await stop();
    throw new Error(failed.map((error) => error.message).join("\n"), { cause: failed[0] });
  }
  for (const server of started) options.log(server.description);
  return { env: Object.assign({}, ...started.map((server) => server.env)), stop };
}
