import { execFile } from "node:child_process";

/** Runs a program and answers its standard output; its failure shows everything it printed. */
export function run(program: string, parameters: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { cwd, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${parameters.join(" ")} failed:\n${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

/** A program of npm or pnpm: under Windows a shell script, which Node starts by its JavaScript instead. */
export function runScript(path: string, parameters: readonly string[], cwd: string): Promise<string> {
  return run(process.execPath, [path, ...parameters], cwd);
}
