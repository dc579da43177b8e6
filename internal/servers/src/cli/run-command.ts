import { spawn } from "node:child_process";

/** How a command ended: by its exit code or of a signal. */
export type Ended = { code: number; signal?: undefined } | { code?: undefined; signal: NodeJS.Signals };

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command with this terminal. Signals go to it, and only its end ends us, so that what it uses is
 * still there while it cleans up.
 */
export function runCommand(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      env,
      stdio: "inherit",
      // Windows finds no `pnpm.cmd` without a shell.
      shell: process.platform === "win32",
    });
    const forward = (signal: NodeJS.Signals) => {
      // A Ctrl-C in a terminal has reached the command already; a second one makes many programs give up.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const release = () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    child.on("error", (error) => {
      release();
      reject(new Error(`cannot run ${command[0]}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      release();
      resolve(signal ? { signal } : { code: code ?? 1 });
    });
  });
}
