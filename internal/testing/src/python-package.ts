import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Method call of the Python package with its parameters; bytes are passed as `{ base64 }`. */
export type PythonCall = readonly [method: string, ...parameters: unknown[]];

/** Creates a backend of the Python package, calls methods one after another, and returns their results. */
export type Python = (
  backend: "S3Backend" | "PostgresBackend",
  config: Readonly<Record<string, unknown>>,
  calls: readonly PythonCall[],
) => Promise<unknown[]>;

/** Script that fails if the package is missing, or if `deepagents` is too new for it. */
const TRIAL =
  "import deepagents_backends as _, deepagents.backends.protocol as p; p.WriteResult(path='', files_update=None)";

/** Reason for not running tests with the package. */
export const NO_PYTHON =
  "not run: `python3` has no deepagents-backends (pip install deepagents-backends==0.2.0 deepagents==0.5.2)";

/** Returns the Python package `deepagents-backends` of this machine's `python3`, if it works. */
export function pythonPackage(): Python | undefined {
  if (spawnSync("python3", ["-c", TRIAL]).status !== 0) return undefined;
  const script = fileURLToPath(new URL("../python/call.py", import.meta.url));
  return (backend, config, calls) =>
    new Promise((resolve, reject) => {
      const child = execFile("python3", [script], (error, stdout) =>
        error ? reject(error) : resolve(JSON.parse(stdout) as unknown[]),
      );
      // Not passed as an argument, because the configuration contains a password.
      child.stdin!.end(JSON.stringify({ backend, config, calls }));
    });
}
