// Peak memory of this process, and its longest turn of the event loop. Linux only.
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Measures each turn of the event loop, by wall-clock time or by the CPU time of the process, whichever is less,
 * because other processes compete for the CPU.
 * @param collect Collects garbage in each turn.
 */
export function watchTurns(collect = false) {
  const cpuMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const turns = { longestMs: 0 };
  let last = { clock: performance.now(), cpu: cpuMs() };
  const watch = () => {
    const now = { clock: performance.now(), cpu: cpuMs() };
    turns.longestMs = Math.max(turns.longestMs, Math.min(now.clock - last.clock, now.cpu - last.cpu));
    if (collect) gc();
    last = { clock: performance.now(), cpu: cpuMs() };
    setTimeout(watch, 1).unref();
  };
  watch();
  return turns;
}

/** Reads a memory field of the process. */
export function residentBytes(field) {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
}

/** Makes `VmHWM` the present size. */
export function resetPeak() {
  writeFileSync("/proc/self/clear_refs", "5");
}
