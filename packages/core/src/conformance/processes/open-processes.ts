import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConformanceFailure, check } from "../assert.js";
import type { CaseContext } from "../context.js";
import { BackendProcess } from "./backend-process.js";

/** Number of processes that race. */
export const PROCESSES = 4;

/**
 * Runs a function with the backend open in several processes, all of them ready. They end with the case.
 * @throws ConformanceFailure with the standard error of the processes.
 */
export async function withProcesses(
  t: CaseContext,
  run: (processes: readonly BackendProcess[]) => Promise<void>,
): Promise<void> {
  const { module } = t.options;
  check(module !== undefined, "option `module`", "a module, since `processes` is promised", module);
  const processes = Array.from(
    { length: PROCESSES },
    (_, i) => new BackendProcess(`process ${i + 1}`, t.signal),
  );
  t.atEnd(() => endAll(processes));
  try {
    await Promise.all(processes.map((one) => one.open(urlOf(module), t.name)));
    // Opens the connections, so that the race is about the storage.
    await Promise.all(processes.map((one) => one.make(["ls", t.at("/")])));
    await run(processes);
  } catch (error) {
    if (!(error instanceof ConformanceFailure)) throw error;
    const said = processes.map(({ stderr }) => stderr).filter((text) => text !== "");
    throw new ConformanceFailure(error.what, error.expected, [error.got, ...said].join("\n"), error.calls);
  }
}

/** Ends all processes, even if one of them cannot be ended cleanly. */
async function endAll(processes: readonly BackendProcess[]): Promise<void> {
  const ends = await Promise.allSettled(processes.map((one) => one.end()));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

/** Resolves a path, relative to the working directory, or a URL. */
const urlOf = (module: string | URL): string =>
  typeof module === "string" && !module.startsWith("file:")
    ? pathToFileURL(resolve(module)).href
    : String(module);
