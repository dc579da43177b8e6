import { mkdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Home, homeAt } from "../homes/home.js";
import type { LocalServer } from "../homes/local-server.js";
import { addUser, countUsers } from "../homes/users.js";
import { tryLock, withLock } from "../os/lock.js";
import { whyNotWritable } from "../os/reach.js";
import type { ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";
import { clusterMajor, createCluster } from "./cluster.js";
import { launchPostgres } from "./launch.js";
import { findPostmaster, stopPostmaster, stopPostmasterNow } from "./postmaster.js";

/** Longer than making a data directory takes on a slow disk. */
const LOCK_MS = 90_000;

/** The home of a persistent server, made when it is missing. */
export function persistentHome(dataDirectory: string): Home {
  const path = resolve(dataDirectory);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return homeAt(realpathSync(path));
}

/**
 * A server whose data stays. Whoever comes first starts it, others attach to it, and the last to leave stops
 * it; all of that under one lock.
 */
export async function openPersistent(
  binaries: Binaries,
  user: ServerUser | undefined,
  home: Home,
  port: number | undefined,
): Promise<LocalServer> {
  const lock = join(home.path, "lock");
  return withLock(lock, LOCK_MS, async () => {
    const running = findPostmaster(home);
    const server = running ?? (await start(binaries, user, home, port));
    const leave = addUser(home);
    return {
      port: server.port,
      note: `${running ? "already running, " : ""}data in ${home.data}`,
      stop: () =>
        withLock(lock, LOCK_MS, async () => {
          leave();
          if (countUsers(home) === 0) await stopPostmaster(home, server.pid);
        }),
      stopNow() {
        leave();
        // Whoever holds the lock is coming, and will stop the server later, or going, and is looking now.
        const release = tryLock(lock);
        if (!release) return;
        if (countUsers(home) === 0) stopPostmasterNow(home, server.pid, true);
        release();
      },
    };
  });
}

async function start(binaries: Binaries, user: ServerUser | undefined, home: Home, port: number | undefined) {
  const why = whyNotWritable(home.path, user);
  if (why) throw new Error(`PostgreSQL cannot keep its data in ${home.path}: ${why}. Choose another folder.`);
  if (clusterMajor(home) === undefined) await createCluster(binaries, home, user, { sync: true });
  else checkOwner(home, user);
  return launchPostgres(binaries, home, user, { port, durable: true });
}

/** Root makes data for the OS user `postgres`; data of somebody else are not taken away from them. */
function checkOwner(home: Home, user: ServerUser | undefined): void {
  if (!user || statSync(home.data).uid === user.uid) return;
  throw new Error(
    `${home.data} belongs to the OS user with id ${statSync(home.data).uid}, but PostgreSQL runs as "${user.name}" ` +
      `(id ${user.uid}) when root starts it. Start it as that user, or hand the data over: ` +
      `chown -R ${user.name} ${home.data}`,
  );
}
