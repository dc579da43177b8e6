import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { CommandError } from "../support/exit.js";

/**
 * Loads a module that exports a backend, or a function that returns one, as `backend` or by default.
 * @throws CommandError `usage`
 */
export async function backendOfModule(module: string, cwd: string): Promise<BackendProtocolV2> {
  const { backend, default: byDefault } = await loadModule(module, cwd);
  const nested = (byDefault as { default?: unknown } | undefined)?.default;
  const exported = backend ?? nested ?? byDefault;
  const made = typeof exported === "function" ? await exported() : exported;
  if (isBackend(made)) return made;
  throw new CommandError(
    "usage",
    `${module} must export a backend of Deep Agents, or a function that returns one, as 'backend' or by default.`,
  );
}

/**
 * Imports a module.
 * @param module Path, relative to `cwd`, or a `file:` URL.
 * @throws CommandError `usage`
 */
export async function loadModule(module: string, cwd: string): Promise<Record<string, unknown>> {
  const url = module.startsWith("file:") ? new URL(module) : pathToFileURL(resolve(cwd, module));
  if (!existsSync(url)) throw new CommandError("usage", `There is no file ${fileURLToPath(url)}.`);
  try {
    return await import(url.href);
  } catch (error) {
    throw new CommandError("usage", `${module} cannot be loaded: ${(error as Error).message}`);
  }
}

/** True for an object with the methods that every backend has. */
export const isBackend = (value: unknown): value is BackendProtocolV2 =>
  typeof value === "object" &&
  value !== null &&
  ["ls", "readRaw", "write"].every((name) => typeof (value as Record<string, unknown>)[name] === "function");
