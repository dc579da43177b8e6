import { realpathSync } from "node:fs";
import type { Home } from "../homes/home.js";
import { launch } from "../homes/launch.js";
import type { ServerProcess } from "../homes/server-kind.js";
import type { ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";
import { localUrl, withConnection } from "./connection.js";
import { settings } from "./settings.js";

/** Starts the server of a home and waits until it takes connections. */
export function launchPostgres(
  binaries: Binaries,
  home: Home,
  user: ServerUser | undefined,
  options: { port?: number | undefined; durable: boolean },
): Promise<ServerProcess> {
  const program = {
    name: "PostgreSQL",
    path: binaries.postgres,
    parameters: (port: number) => ["-D", home.data, ...settings(port, options.durable)],
    env: process.env,
    isReady: (port: number) => answersFor(home, port),
    portTaken: /could not bind|could not create any TCP\/IP sockets/,
    endBy: "SIGQUIT",
  } as const;
  return launch(program, home, user, options.port);
}

async function answersFor(home: Home, port: number): Promise<boolean> {
  try {
    const directory = await withConnection(localUrl(port), async (sql) => {
      const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
      return row!.data_directory;
    });
    return realpathSync(directory) === realpathSync(home.data);
  } catch {
    return false;
  }
}
