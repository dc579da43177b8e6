import { startMinio, startPostgres } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";

/** Servers for the examples, and the environment variables that point to them. */
export interface ExampleServers {
  env: Record<string, string>;
  stop(): Promise<void>;
}

export type ServerName = keyof typeof find;

/**
 * Finds the servers that an example needs: those in the environment, those of `docker compose up`, or new ones that are
 * started for this run.
 * @throws Error that says what to install or to start.
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
    if (process.env.DATABASE_URL)
      return given(`the PostgreSQL of DATABASE_URL: ${place(process.env.DATABASE_URL)}`);
    const version = await composedPostgres();
    if (version)
      return given(
        `PostgreSQL ${version}, found at ${COMPOSED_POSTGRES} (docker compose): database deepagents`,
      );
    const server = await startPostgres({ log });
    log(server.description);
    return { env: { DATABASE_URL: server.url }, stop: () => server.stop() };
  },

  async s3(): Promise<ExampleServers> {
    const { S3_ENDPOINT, S3_BUCKET = "deepagents" } = process.env;
    if (S3_ENDPOINT) return given(`the store of S3_ENDPOINT: ${place(S3_ENDPOINT)}, bucket ${S3_BUCKET}`);
    if (await composedMinio())
      return given("the store found at localhost:9000 (docker compose): bucket deepagents");
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

const COMPOSED_POSTGRES = "localhost:5432";

/** Removes user and password from an address. */
function place(url: string): string {
  if (!URL.canParse(url)) return "an address that is not a URL";
  const { host, pathname } = new URL(url);
  return host + (pathname === "/" ? "" : pathname);
}

/** Returns the version of the server from docker-compose.yml, if it is running. */
async function composedPostgres(): Promise<string | undefined> {
  const url = `postgres://postgres:postgres@${COMPOSED_POSTGRES}/deepagents`;
  const backend = new PostgresBackend({ url, connectTimeoutMs: 2_000 });
  const { details } = await backend.check();
  await backend.close();
  return details.server;
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

/** Returns a server that the examples find by themselves. */
function given(description: string): ExampleServers {
  log(`Using ${description}.`);
  return { env: {}, async stop() {} };
}
