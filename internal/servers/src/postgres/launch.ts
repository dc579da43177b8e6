import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, realpathSync } from "node:fs";
import type { Home } from "../homes/home.js";
import { freePort } from "../os/free-port.js";
import { logTail } from "../os/log-tail.js";
import { credentials, type ServerUser } from "../os/server-user.js";
import { until } from "../os/until.js";
import type { Binaries } from "./binaries.js";
import { localUrl, withConnection } from "./connection.js";
import type { Postmaster } from "./postmaster.js";
import { settings } from "./settings.js";

const READY_MS = 60_000;
const PORTS_TO_TRY = 5;

/** Starts the server of a home and waits until it takes connections. */
export async function launch(
  binaries: Binaries,
  home: Home,
  user: ServerUser | undefined,
  options: { port?: number | undefined; durable: boolean },
): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const child = spawnServer(binaries, home, user, settings(port, options.durable));
    const ended = endOf(child);
    const outcome = await until(() => Promise.race([ended, isReady(home, port)]), READY_MS);
    if (outcome === "ready") return { pid: child.pid!, port };
    child.kill("SIGQUIT");
    const tail = logTail(home.log);
    const taken = /could not bind|could not create any TCP\/IP sockets/.test(tail);
    if (outcome === "ended" && taken && options.port === undefined && attempt < PORTS_TO_TRY) continue;
    const what =
      outcome !== "ended"
        ? `took no connection within ${READY_MS / 1000} s`
        : taken
          ? `could not listen on port ${port}, which another program holds`
          : "ended at once";
    throw new Error(`PostgreSQL (${binaries.postgres}) ${what}. The end of ${home.log}:\n${tail}`);
  }
}

/** In a session of its own: a Ctrl-C in the terminal must not end the server before what uses it has ended. */
function spawnServer(
  binaries: Binaries,
  home: Home,
  user: ServerUser | undefined,
  parameters: string[],
): ChildProcess {
  const log = openSync(home.log, "a");
  try {
    const child = spawn(binaries.postgres, ["-D", home.data, ...parameters], {
      cwd: home.data,
      detached: true,
      stdio: ["ignore", log, log],
      windowsHide: true,
      ...credentials(user),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** A program that cannot be run at all has no exit, only an error. */
function endOf(child: ChildProcess): Promise<"ended"> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve("ended"));
    child.once("error", () => resolve("ended"));
  });
}

async function isReady(home: Home, port: number): Promise<"ready" | undefined> {
  return (await answersFor(home, port)) ? "ready" : undefined;
}

/** Another server may have taken the port in the meantime, so whoever answers must be the one of this home. */
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
