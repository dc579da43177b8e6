import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../homes/home.js";
import type { ServerKind } from "../homes/server-kind.js";
import { endProcess, endProcessNow, type Shutdown } from "../os/end-process.js";
import { commandLine, isPidRunning } from "../os/process-mark.js";

/** It holds nothing to lose, and no other signal means the same in all its versions. */
const SHUTDOWNS: readonly Shutdown[] = [["SIGKILL", 10_000]];

export const PGBOUNCER: ServerKind = {
  name: "pgbouncer",
  find(home) {
    const pid = readPid(home);
    // Windows tells no command line: there nothing proves it.
    return pid !== undefined && process.platform !== "win32" && isServerOf(pid, home) ? pid : undefined;
  },
  stop: (home, pid) => endProcess(pid, SHUTDOWNS, () => isServerOf(pid, home)),
  stopNow: (home, pid) => endProcessNow(pid, SHUTDOWNS, () => isServerOf(pid, home)),
};

export function writePid(home: Home, pid: number): void {
  writeFileSync(pidFile(home), String(pid));
}

/** A pid may be anybody's by the time it is read; no other process's command line names this data directory. */
function isServerOf(pid: number, home: Home): boolean {
  return isPidRunning(pid) && (process.platform === "win32" || commandLine(pid).includes(home.data));
}

function readPid(home: Home): number | undefined {
  try {
    return Number(readFileSync(pidFile(home), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function pidFile(home: Home): string {
  return join(home.path, "pgbouncer.pid");
}
