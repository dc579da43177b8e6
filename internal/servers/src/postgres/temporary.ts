import { makeTemporaryHome, removeHome } from "../homes/temporary-home.js";
import type { ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";
import { createCluster } from "./cluster.js";
import { launch } from "./launch.js";
import type { LocalServer } from "./local.js";
import { findPostmaster, stopPostmaster, stopPostmasterNow } from "./postmaster.js";

/** A server whose data lasts as long as it does. */
export async function startTemporary(
  binaries: Binaries,
  user: ServerUser | undefined,
  port: number | undefined,
): Promise<LocalServer> {
  const home = makeTemporaryHome("postgres", user);
  try {
    await createCluster(binaries, home, user, { sync: false });
    const { pid, port: taken } = await launch(binaries, home, user, { port, durable: false });
    return {
      port: taken,
      note: "temporary",
      async stop() {
        if (await stopPostmaster(home, pid)) removeHome(home);
      },
      stopNow() {
        if (stopPostmasterNow(home, pid, false)) removeHome(home);
      },
    };
  } catch (error) {
    const running = findPostmaster(home);
    if (!running || (await stopPostmaster(home, running.pid))) removeHome(home);
    throw error;
  }
}
