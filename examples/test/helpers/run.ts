import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const examples = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program of `start/` in a process of its own, with nothing of the developer's choices. */
export async function run(program: string, env: NodeJS.ProcessEnv, input = ""): Promise<Ended> {
  const child = spawn(process.execPath, [tsx, `start/${program}`], {
    cwd: examples,
    env: { ...process.env, DATABASE_URL: undefined, TEST_POSTGRES_URL: undefined, MODEL: undefined, ...env },
  });
  child.stdin.end(input);
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
