import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SubjectOutcome, SubjectRun } from "./outcome.js";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const program = fileURLToPath(new URL("main.ts", import.meta.url));

/** Timeout of one run, in milliseconds: a backend may block its process forever. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs the suite on a backend in a separate process and in plain Node, because jest resolves some packages differently.
 * PATH is empty, because FilesystemBackend would search with `rg` if available, with other results.
 * @throws Error if the process ended without an outcome.
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
