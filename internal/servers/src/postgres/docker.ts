import type { PostgreSqlContainer } from "@testcontainers/postgresql";
import { temporaryContainer } from "../docker/container.js";
import { startFromImage } from "../docker/image.js";
import { POSTGRES_IMAGE } from "../images.js";
import { ownUntilStopped } from "../os/on-exit.js";
import { askVersion } from "./connection.js";
import { createDatabase } from "./database.js";
import { openVolume } from "./docker-volume.js";
import { NOT_DURABLE } from "./settings.js";
import type { PostgresServer, StartOptions } from "./types.js";

const IMAGE = { name: POSTGRES_IMAGE, variable: "POSTGRES_IMAGE" };

/** A server in a container, or why there is none. With a data directory the engine that answers has to do. */
export function startInDocker(options: StartOptions): Promise<PostgresServer | string> {
  const insist = options.dataDirectory !== undefined;
  return startFromImage(IMAGE, options.log ?? (() => {}), insist, (image) => start(image, options));
}

async function start(image: string, options: StartOptions): Promise<PostgresServer> {
  const running = options.dataDirectory
    ? await openVolume(image, options.dataDirectory, (set) => build(image, options.port, true, set))
    : temporaryContainer(await (await build(image, options.port, false, (it) => it)).start());
  const stop = ownUntilStopped(running, options.signals);
  const url = running.container.getConnectionUri();
  const version = await askVersion(url);
  return {
    url,
    version,
    source: "docker",
    description: `PostgreSQL ${version} in Docker (${image}) on port ${running.container.getPort()} (${running.note})`,
    createDatabase: () => createDatabase(url),
    stop,
  };
}

/** testcontainers is loaded only here: it takes longer to load than a server from binaries takes to start. */
async function build(
  image: string,
  port: number | undefined,
  durable: boolean,
  set: (container: PostgreSqlContainer) => PostgreSqlContainer,
): Promise<PostgreSqlContainer> {
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  const container = new PostgreSqlContainer(image)
    .withDatabase("postgres")
    .withUsername("postgres")
    .withPassword("postgres")
    .withCommand(["postgres", "-c", "max_connections=300", ...(durable ? [] : notDurable())]);
  return set(port === undefined ? container : container.withExposedPorts({ container: 5432, host: port }));
}

function notDurable(): string[] {
  return Object.entries(NOT_DURABLE).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
