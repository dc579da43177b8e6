import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A call of a method of the Python package, with its parameters; bytes are `{ base64 }`. */
export type PythonCall = readonly [method: string, ...parameters: unknown[]];

/** Makes one of its backends, calls methods one after the other, and gives their answers. */
export type Python = (
  backend: "S3Backend" | "PostgresBackend",
  config: Readonly<Record<string, unknown>>,
  calls: readonly PythonCall[],
) => Promise<unknown[]>;

/** Fails too where `deepagents` is a later one than the package works with. */
const TRIAL =
  "import deepagents_backends as _, deepagents.backends.protocol as p; p.WriteResult(path='', files_update=None)";

/** Why tests with the package itself are not run. */
export const NO_PYTHON =
  "not run: `python3` has no deepagents-backends (pip install deepagents-backends==0.2.0 deepagents==0.5.2)";

/** The Python package `deepagents-backends` of this machine's `python3`, if there is one that works. */
export function pythonPackage(): Python | undefined {
  if (spawnSync("python3", ["-c", TRIAL]).status !== 0) return undefined;
  const script = fileURLToPath(new URL("../python/call.py", import.meta.url));
  return (backend, config, calls) =>
    new Promise((resolve, reject) => {
      const child = execFile("python3", [script], (error, stdout) =>
        error ? reject(error) : resolve(JSON.parse(stdout) as unknown[]),
      );
      // Not as an argument: the configuration holds a password.
      child.stdin!.end(JSON.stringify({ backend, config, calls }));
    });
}
