import { spawnSync } from "node:child_process";
import type { PostgreSqlContainer, StartedPostgreSqlContainer } from "@testcontainers/postgresql";
import { dockerAnswers } from "../docker/engine.js";
import { POSTGRES_IMAGE } from "../images.js";
import { stopOnExit } from "../os/on-exit.js";
import { askVersion } from "./connection.js";
import { createDatabase } from "./database.js";
import { openVolume } from "./docker-volume.js";
import { NOT_DURABLE } from "./settings.js";
import type { PostgresServer, StartOptions } from "./types.js";

/** A container that runs, and how to leave it. */
export interface RunningContainer {
  container: StartedPostgreSqlContainer;
  note: string;
  stop(): Promise<void>;
  stopNow(): void;
}

/**
 * A server in a container, or undefined when no Docker engine answers or it could not run the image. In the
 * latter case a line says so; with `POSTGRES_IMAGE` set it is an error, since somebody wants just that image.
 */
export async function startInDocker(options: StartOptions): Promise<PostgresServer | undefined> {
  const log = options.log ?? (() => {});
  const wanted = process.env.POSTGRES_IMAGE;
  if (!(await dockerAnswers())) {
    if (wanted) log(`POSTGRES_IMAGE is set, but no Docker engine answers: ${wanted} is not used`);
    return undefined;
  }
  const image = wanted || POSTGRES_IMAGE;
  log(`starting ${image} in Docker (the first time it is downloaded)`);
  try {
    return await start(image, options);
  } catch (error) {
    if (wanted || options.dataDirectory) throw error;
    log(`Docker could not run ${image}: ${(error as Error).message}`);
    return undefined;
  }
}

async function start(image: string, options: StartOptions): Promise<PostgresServer> {
  const running = options.dataDirectory
    ? await openVolume(image, options.dataDirectory, (set) => build(image, options.port, true, set))
    : await openTemporary(image, options.port);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= running.stop();
    return stopping;
  };
  const forget = stopOnExit({ stop, stopNow: running.stopNow, signals: options.signals ?? true });
  const url = running.container.getConnectionUri();
  const version = await askVersion(url);
  return {
    url,
    version,
    source: "docker",
    description: `PostgreSQL ${version} in Docker (${image}) on port ${running.container.getPort()} (${running.note})`,
    createDatabase: () => createDatabase(url),
    stop: () => stop().finally(forget),
  };
}

async function openTemporary(image: string, port: number | undefined): Promise<RunningContainer> {
  const container = await (await build(image, port, false, (it) => it)).start();
  return {
    container,
    note: "temporary",
    async stop() {
      await container.stop();
    },
    stopNow: () => removeNow(container),
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

/** For an `exit` handler. testcontainers' own reaper removes temporary containers as well, some seconds later. */
export function removeNow(container: StartedPostgreSqlContainer): void {
  spawnSync("docker", ["rm", "--force", "--volumes", container.getId()], {
    stdio: "ignore",
    timeout: 15_000,
  });
}
