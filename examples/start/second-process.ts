import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Manifest } from "./manifest.js";

/** Runs verify.ts, which shares only the database with this process. */
export async function verifyInSecondProcess(url: string, manifest: Manifest): Promise<void> {
  const program = fileURLToPath(new URL("verify.ts", import.meta.url));
  // execArgv loads tsx.
  const child = spawn(process.execPath, [...process.execArgv, program], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(manifest));
  const ended = await new Promise<number | string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ?? code ?? 1));
  });
  if (ended !== 0) throw new Error(`The second process ended with ${ended}; what it misses is above.`);
}
