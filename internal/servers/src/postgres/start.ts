import type { Home } from "../homes/home.js";
import { createUser, findUser, isRoot, type ServerUser } from "../os/server-user.js";
import { firstServer } from "../sources.js";
import type { Binaries } from "./binaries.js";
import { clusterMajor } from "./cluster.js";
import { startInDocker } from "./docker.js";
import { readVolumeNote } from "./docker-volume.js";
import { findEmbedded } from "./embedded.js";
import { fromEnvironment } from "./environment.js";
import { findInstalled } from "./installed.js";
import { startLocal } from "./local.js";
import { persistentHome } from "./persistent.js";
import { type PostgresServer, type PostgresSource, SOURCES, type StartOptions } from "./types.js";

/** The OS user that PostgreSQL runs as when root starts it. */
const SERVER_USER = "postgres";

/**
 * Finds or starts a PostgreSQL: the one that `TEST_POSTGRES_URL` names, else one in Docker, else one from
 * programs on this machine, else one from npm packages.
 * @throws when there is none, with what to install; or when the one that was chosen does not work, with why
 */
export async function startPostgres(options: StartOptions = {}): Promise<PostgresServer> {
  const home = options.dataDirectory === undefined ? undefined : persistentHome(options.dataDirectory);
  const found = await firstServer(SOURCES, options.sources, (source) => startFrom[source](options, home));
  if (!Array.isArray(found)) return found;
  throw new Error(
    `no PostgreSQL: ${found.join("; ")}. Do one of these: start Docker; install the PostgreSQL server ` +
      "(apt-get install postgresql, brew install postgresql@17); or set TEST_POSTGRES_URL to a running server.",
  );
}

/** Answers why there is none where there is none. */
type Start = (options: StartOptions, home: Home | undefined) => Promise<PostgresServer | string>;

const startFrom: Record<PostgresSource, Start> = {
  async environment() {
    return (await fromEnvironment()) ?? "TEST_POSTGRES_URL is not set";
  },

  async docker(options, home) {
    if (home && clusterMajor(home) !== undefined) {
      return `Docker is not asked, because ${home.data} holds the data of a server outside Docker`;
    }
    return startInDocker(options);
  },

  async binaries(options, home) {
    refuseVolume(home);
    const user = isRoot() ? findUser(SERVER_USER) : undefined;
    const found = findInstalled();
    if (found.length === 0) return "no PostgreSQL server is installed";
    if (isRoot() && !user) return `there is no OS user "${SERVER_USER}" for the installed one`;
    return startFitting(found, user, options, home);
  },

  async embedded(options, home) {
    refuseVolume(home);
    let user: ServerUser | undefined;
    let found: Binaries;
    try {
      user = isRoot() ? serverUser(options) : undefined;
      found = findEmbedded(user);
    } catch (error) {
      return (error as Error).message;
    }
    return startFitting([found], user, options, home);
  },
};

/** Starts the newest; on a data directory that exists, the one whose major version made it. */
async function startFitting(
  found: readonly Binaries[],
  user: ServerUser | undefined,
  options: StartOptions,
  home: Home | undefined,
): Promise<PostgresServer | string> {
  const major = home && clusterMajor(home);
  const fitting = found.find((each) => major === undefined || each.major === major);
  if (fitting) return startLocal(fitting, user, options);
  return (
    `${home?.data} was made by PostgreSQL ${major}, which PostgreSQL ${found.map((each) => each.version).join(", ")} ` +
    `cannot read (install PostgreSQL ${major}, or delete ${home?.path} to start afresh without its files)`
  );
}

function serverUser(options: StartOptions): ServerUser {
  const known = findUser(SERVER_USER);
  if (known) return known;
  options.log?.(`making the OS user "${SERVER_USER}", because PostgreSQL does not run as root`);
  return createUser(SERVER_USER);
}

/** Data in a Docker volume must not seem lost because Docker is not running just now. */
function refuseVolume(home: Home | undefined): void {
  const note = home && readVolumeNote(home);
  if (!note) return;
  throw new Error(
    `the data of ${home.path} are in the Docker volume ${note.volume}, but no Docker engine answers. ` +
      `Start Docker; or delete ${home.path} to start afresh without them.`,
  );
}
