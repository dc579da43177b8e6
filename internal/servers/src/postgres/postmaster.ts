import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../homes/home.js";
import type { ServerKind, ServerProcess } from "../homes/server-kind.js";
import { endProcess, endProcessNow, type Shutdown } from "../os/end-process.js";
import { commandLine, isPidRunning } from "../os/process-mark.js";

const FAST_MS = 15_000;
const IMMEDIATE_MS = 10_000;

/**
 * The server that runs on the home's data directory. `postmaster.pid` alone proves nothing (it stays after a
 * crash, and its pid may be anybody's by then): it must name this directory, and the process with its pid must
 * be a PostgreSQL that was started on it.
 */
export function findPostmaster(home: Home): ServerProcess | undefined {
  const [pid, directory, , port] = readPidFile(home);
  if (!pid || !directory || !port || !samePath(directory, home.data)) return undefined;
  const found = { pid: Number(pid), port: Number(port) };
  return isServerOf(found.pid, home) ? found : undefined;
}

/** Stops it as PostgreSQL's manual has it: SIGINT ends sessions and writes everything, SIGQUIT just ends. */
export function stopPostmaster(home: Home, pid: number): Promise<boolean> {
  return endProcess(pid, shutdowns(true), () => isServerOf(pid, home));
}

/** The same for an `exit` handler. Where the data is thrown away the server need not write it first. */
export function stopPostmasterNow(home: Home, pid: number, keepData: boolean): boolean {
  return endProcessNow(pid, shutdowns(keepData), () => isServerOf(pid, home));
}

/** Temporary servers. */
export const POSTGRES: ServerKind = {
  name: "postgres",
  find: (home) => findPostmaster(home)?.pid,
  stop: stopPostmaster,
  stopNow: (home, pid) => stopPostmasterNow(home, pid, false),
};

function shutdowns(keepData: boolean): Shutdown[] {
  const quit: Shutdown = ["SIGQUIT", IMMEDIATE_MS];
  return keepData ? [["SIGINT", FAST_MS], quit] : [quit];
}

function isServerOf(pid: number, home: Home): boolean {
  if (!isPidRunning(pid)) return false;
  // Windows tells no command line: there the pid file, which the server removes when it ends, has to do.
  if (process.platform === "win32") return existsSync(join(home.data, "postmaster.pid"));
  const command = commandLine(pid);
  return command.includes(home.data) && /postgres/.test(command.split(" ")[0]!);
}

function readPidFile(home: Home): string[] {
  try {
    return readFileSync(join(home.data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

function samePath(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return a === b;
  }
}
