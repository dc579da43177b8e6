import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { freePort } from "../os/free-port.js";
import { logTail } from "../os/log-tail.js";
import { credentials, type ServerUser } from "../os/server-user.js";
import { until } from "../os/until.js";
import type { Home } from "./home.js";
import type { ServerProcess } from "./server-kind.js";

const READY_MS = 60_000;
const PORTS_TO_TRY = 5;

/** How the servers of one program are started. */
export interface Program {
  /** For messages: `PostgreSQL`. */
  name: string;
  path: string;
  parameters(port: number): string[];
  env: NodeJS.ProcessEnv;
  /** Whether the server of this very home takes requests: another one may have taken the port in the meantime. */
  isReady(port: number): Promise<boolean>;
  /** What its log says where another program holds the port. */
  portTaken: RegExp;
  /** Ends one that did not become ready. */
  endBy: NodeJS.Signals;
  /** Hears of every process that is started, before anything is awaited. */
  onSpawn?(pid: number): void;
}

/**
 * Starts the server of a home and waits until it takes requests.
 * @param user the OS user that it runs as. Default: this one.
 * @param fixedPort the TCP port on 127.0.0.1. Default: a free one.
 * @throws with the end of its log
 */
export async function launch(
  program: Program,
  home: Home,
  user?: ServerUser,
  fixedPort?: number,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await freePort());
    const child = spawnServer(program, home, user, port);
    const ended = endOf(child);
    const ready = async () => ((await program.isReady(port)) ? "ready" : undefined);
    const outcome = await until(() => Promise.race([ended, ready()]), READY_MS);
    if (outcome === "ready") return { pid: child.pid!, port };
    child.kill(program.endBy);
    const tail = logTail(home.log);
    const taken = program.portTaken.test(tail);
    if (outcome === "ended" && taken && fixedPort === undefined && attempt < PORTS_TO_TRY) continue;
    const what =
      outcome !== "ended"
        ? `took no connection within ${READY_MS / 1000} s`
        : taken
          ? `could not listen on port ${port}, which another program holds`
          : "ended at once";
    throw new Error(`${program.name} (${program.path}) ${what}. The end of ${home.log}:\n${tail}`);
  }
}

/** In a session of its own: a Ctrl-C in the terminal must not end the server before what uses it has ended. */
function spawnServer(program: Program, home: Home, user: ServerUser | undefined, port: number): ChildProcess {
  const log = openSync(home.log, "a");
  try {
    const child = spawn(program.path, program.parameters(port), {
      cwd: home.data,
      detached: true,
      stdio: ["ignore", log, log],
      windowsHide: true,
      env: program.env,
      ...credentials(user),
    });
    child.unref();
    if (child.pid !== undefined) program.onSpawn?.(child.pid);
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
