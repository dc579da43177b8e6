import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SubjectOutcome, SubjectRun } from "./outcome.js";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const program = fileURLToPath(new URL("main.ts", import.meta.url));

/** Longest time of one run, in milliseconds: a backend may block its process for ever. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs the suite on a backend, in a process of its own and in plain Node: under jest some packages resolve otherwise.
 * No program is on its PATH: with `rg` there FilesystemBackend searches by it, and otherwise.
 * @throws Error when the process ended before it had an outcome.
 */
export function runSubject(run: SubjectRun): Promise<SubjectOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", loader, program, JSON.stringify(run)], {
      env: { ...process.env, PATH: fileURLToPath(new URL(".", import.meta.url)) },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let outcome: SubjectOutcome | undefined;
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.on("message", (message) => {
      outcome = message as SubjectOutcome;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (outcome) resolve(outcome);
      else
        reject(
          new Error(`The run of ${run.subject} ended early (${signal ?? `exit code ${code}`}): ${said}`),
        );
    });
  });
}
