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

/** Environment variables by which a developer chooses servers and models. */
const CHOICES = /^(DATABASE_URL|TEST_POSTGRES_URL|TEST_S3_URL|S3_\w+|MODEL|\w+_API_KEY)$/;

/** Runs a program of this folder in a separate process, without the developer's choices. */
export async function run(
  program: string,
  env: NodeJS.ProcessEnv,
  {
    input = "",
    parameters = [],
    cwd = examples,
  }: { input?: string; parameters?: string[]; cwd?: string } = {},
): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !CHOICES.test(name));
  const child = spawn(process.execPath, [tsx, program, ...parameters], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  child.stdin.end(input);
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
