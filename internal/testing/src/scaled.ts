import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

/** Number of runnable processes per core: at least 1, and constant within a test file. */
const LOAD = Math.max(1, processes() / availableParallelism());

/**
 * Scales a short time limit with the load of this machine, so that it holds on a busy machine and tests stay fast on an
 * idle one.
 */
export const scaled = (ms: number): number => Math.ceil(ms * LOAD);

/**
 * Returns the larger of the average load of the last minute and, if available, the current number of runnable
 * processes.
 */
function processes(): number {
  try {
    const [running] = readFileSync("/proc/loadavg", "utf8").split(" ")[3]!.split("/");
    return Math.max(loadavg()[0]!, Number(running));
  } catch {
    return loadavg()[0]!;
  }
}
