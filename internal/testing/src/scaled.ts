import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

/** Processes that want to run, for each core of this machine: at least 1, and the same for all limits of a test file. */
const LOAD = Math.max(1, processes() / availableParallelism());

/**
 * Scales a time limit with the load of this machine, for tests that use a short one. A limit within which a service must
 * answer then holds on a busy machine too, and tests are fast on an idle one.
 */
export const scaled = (ms: number): number => Math.ceil(ms * LOAD);

/** Counts those of the last minute, and where the system tells it, of now. */
function processes(): number {
  try {
    const [running] = readFileSync("/proc/loadavg", "utf8").split(" ")[3]!.split("/");
    return Math.max(loadavg()[0]!, Number(running));
  } catch {
    return loadavg()[0]!;
  }
}
