import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endProcess, endProcessNow, type Shutdown } from "../os/end-process.js";
import { commandLine, isPidRunning } from "../os/process-mark.js";
import type { Home } from "./home.js";
import type { ServerKind } from "./server-kind.js";

/** Nobody needs the data any more, and there are no other processes to end. */
const SHUTDOWNS: readonly Shutdown[] = [["SIGKILL", 10_000]];

/** A program that writes no pid file: we write it, and the program may be killed. */
export interface PidFileKind extends ServerKind {
  /** Notes which process serves a home. */
  writePid(home: Home, pid: number): void;
}

/** @param name Names the file too. */
export function pidFileKind(name: string): PidFileKind {
  const file = (home: Home) => join(home.path, `${name}.pid`);
  return {
    name,
    find(home) {
      const pid = readPid(file(home));
      // Windows tells no command line: there nothing proves it.
      return pid !== undefined && process.platform !== "win32" && isServerOf(pid, home) ? pid : undefined;
    },
    stop: (home, pid) => endProcess(pid, SHUTDOWNS, () => isServerOf(pid, home)),
    stopNow: (home, pid) => endProcessNow(pid, SHUTDOWNS, () => isServerOf(pid, home)),
    writePid: (home, pid) => writeFileSync(file(home), String(pid)),
  };
}

/** A pid may be anybody's by the time it is read; no other process's command line names this data directory. */
function isServerOf(pid: number, home: Home): boolean {
  return isPidRunning(pid) && (process.platform === "win32" || commandLine(pid).includes(home.data));
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
