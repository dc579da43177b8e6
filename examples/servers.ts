import { startMinio, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";

/** Servers for the examples, and the environment that leads to them. */
export interface ExampleServers {
  env: Record<string, string>;
  stop(): Promise<void>;
}

export type ServerName = keyof typeof find;

/**
 * Finds the servers that an example needs: those of the environment, those of `docker compose up`, or others, which
 * are started for this run.
 * @throws with what to install or to start
 */
export async function exampleServers(names: ServerName[]): Promise<ExampleServers> {
  const servers = await Promise.all(names.map((name) => find[name]()));
  return {
    env: Object.assign({}, ...servers.map(({ env }) => env)),
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

const log = (line: string) => console.log(line);

const find = {
  async postgres(): Promise<ExampleServers> {
    if (process.env.DATABASE_URL) return given("the PostgreSQL that DATABASE_URL names");
    if (await composedPostgres()) return given("the PostgreSQL of docker compose, localhost:5432");
    const server = await startPostgres({ log });
    log(server.description);
    return { env: { DATABASE_URL: server.url }, stop: () => server.stop() };
  },

  async s3(): Promise<ExampleServers> {
    if (process.env.S3_ENDPOINT) return given("the store that S3_ENDPOINT names");
    if (await composedMinio()) return given("the MinIO of docker compose, localhost:9000");
    const server = await startMinio({ log });
    log(server.description);
    const { endpoint, accessKeyId, secretAccessKey } = server;
    const env = {
      S3_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    return { env, stop: () => server.stop() };
  },
};

/** The defaults of the backend are those of docker-compose.yml. */
async function composedPostgres(): Promise<boolean> {
  const backend = new PostgresBackend({ connectTimeoutMs: 2_000 });
  const { details } = await backend.check();
  await backend.close();
  return details.server !== undefined;
}

async function composedMinio(): Promise<boolean> {
  const backend = new S3Backend({
    bucket: "deepagents",
    endpointUrl: "http://localhost:9000",
    accessKeyId: "minioadmin",
    secretAccessKey: "minioadmin",
    readOnly: true,
    operationTimeoutMs: 2_000,
  });
  const { ok } = await backend.check();
  await backend.close();
  return ok;
}

/** The examples find it by themselves. */
function given(description: string): ExampleServers {
  log(`Using ${description}.`);
  return { env: {}, async stop() {} };
}
