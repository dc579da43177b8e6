import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Holder {
  process: ChildProcess;
  url: string;
  description: string;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs fixtures/hold.mjs and waits until its server runs. */
export async function startHolder(
  how: string,
  options: { kind?: "postgres" | "minio"; dataDirectory?: string; spawn?: SpawnOptions } = {},
): Promise<Holder> {
  const fixture = fileURLToPath(new URL("../fixtures/hold.mjs", import.meta.url));
  const child = spawn(
    process.execPath,
    [fixture, how, options.kind ?? "postgres", ...(options.dataDirectory ? [options.dataDirectory] : [])],
    {
      stdio: ["pipe", "pipe", "pipe"],
      ...options.spawn,
    },
  );
  const errors: string[] = [];
  child.stderr!.on("data", (data) => errors.push(String(data)));
  const ended = endOf(child);
  const line = await Promise.race([
    once(createInterface(child.stdout!), "line").then(([text]) => text as string),
    ended.then(({ code, signal }) => {
      throw new Error(`the child ended first (${code ?? signal}): ${errors.join("")}`);
    }),
  ]);
  return { process: child, ended, ...(JSON.parse(line) as { url: string; description: string }) };
}

export async function endOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const [code, signal] = await once(child, "close");
  return { code, signal };
}
