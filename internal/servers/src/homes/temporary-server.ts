import type { ServerUser } from "../os/server-user.js";
import type { Home } from "./home.js";
import { removeLeftovers } from "./leftovers.js";
import type { LocalServer } from "./local-server.js";
import type { ServerKind, ServerProcess } from "./server-kind.js";
import { makeTemporaryHome, removeHome } from "./temporary-home.js";

/** Stops and removes the servers of that kind that killed runs left behind. */
export function clearLeftovers(kind: ServerKind, log: (line: string) => void): Promise<void> {
  return removeLeftovers(kind.name, (home) => stopFound(kind, home), log);
}

/**
 * Starts a server whose data lasts as long as it does.
 * @param start fills the new home and starts the server on it
 */
export async function startTemporary(
  kind: ServerKind,
  user: ServerUser | undefined,
  start: (home: Home) => Promise<ServerProcess>,
): Promise<LocalServer> {
  const home = makeTemporaryHome(kind.name, user);
  try {
    const { pid, port } = await start(home);
    return {
      port,
      note: "temporary",
      async stop() {
        if (await kind.stop(home, pid)) removeHome(home);
      },
      stopNow() {
        if (kind.stopNow(home, pid)) removeHome(home);
      },
    };
  } catch (error) {
    if (await stopFound(kind, home)) removeHome(home);
    throw error;
  }
}

async function stopFound(kind: ServerKind, home: Home): Promise<boolean> {
  const pid = kind.find(home);
  return pid === undefined || kind.stop(home, pid);
}
