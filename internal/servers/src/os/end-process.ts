import { isPidRunning } from "./process-mark.js";
import { until, untilSync } from "./until.js";

/** A signal, and how many milliseconds it has to be the end. */
export type Shutdown = readonly [NodeJS.Signals, number];

/**
 * Sends one signal after the other until the process has ended.
 * @param isIt whether that pid is still the process that is meant
 * @returns whether it has ended
 */
export async function endProcess(
  pid: number,
  shutdowns: readonly Shutdown[],
  isIt: () => boolean,
): Promise<boolean> {
  const gone = () => (isPidRunning(pid) ? undefined : true);
  for (const [signal, timeoutMs] of shutdowns) {
    if (!isIt() || !send(pid, signal)) return true;
    if (await until(gone, timeoutMs)) return true;
  }
  return false;
}

/** The same for an `exit` handler. */
export function endProcessNow(pid: number, shutdowns: readonly Shutdown[], isIt: () => boolean): boolean {
  for (const [signal, timeoutMs] of shutdowns) {
    if (!isIt() || !send(pid, signal)) return true;
    if (untilSync(() => !isPidRunning(pid), timeoutMs)) return true;
  }
  return false;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
