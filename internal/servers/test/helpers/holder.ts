import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Holder {
  process: ChildProcess;
  url: string;
  /** Resolves when it has ended, with exit code and signal. */
  ended: Promise<unknown[]>;
}

/** Runs fixtures/hold.mjs and waits until its server runs. */
export async function startHolder(how: string, dataDirectory = ""): Promise<Holder> {
  const fixture = fileURLToPath(new URL("../fixtures/hold.mjs", import.meta.url));
  const child = spawn(process.execPath, [fixture, how, dataDirectory], { stdio: "pipe" });
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const ended = once(child, "close");
  const line = once(createInterface(child.stdout), "line").then(([text]) => text as string);
  const failed = ended.then(([code, signal]) => {
    throw new Error(`the child ended first (${code ?? signal}): ${errors}`);
  });
  return { process: child, ended, url: await Promise.race([line, failed]) };
}
