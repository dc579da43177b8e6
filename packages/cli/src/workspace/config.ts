import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandError } from "../support/exit.js";
import type { CliConfig, WorkspaceConfig } from "./config-type.js";
import { loadModule } from "./module.js";

const NAMES = ["mjs", "js", "cjs", "ts", "mts", "json"].map((type) => `deepagents-remote.config.${type}`);

/** A workspace of the configuration, with the folder that its relative paths start from. */
export interface Configured {
  readonly workspace: WorkspaceConfig;
  readonly folder: string;
}

/**
 * Finds a workspace of the configuration file in the working directory or the nearest directory above it.
 * @param name Name of the workspace; `undefined` for the default one.
 * @returns `undefined` if no name is given and there is no default.
 * @throws CommandError `usage` if there is no workspace of that name.
 */
export async function configured(name: string | undefined, cwd: string): Promise<Configured | undefined> {
  const file = configFile(cwd);
  const config = file === undefined ? undefined : await load(file);
  const wanted = name ?? config?.default;
  if (wanted === undefined) return undefined;
  const workspaces = config?.workspaces ?? {};
  if (file !== undefined && Object.hasOwn(workspaces, wanted)) {
    return { workspace: workspaces[wanted]!, folder: dirname(file) };
  }
  const known = Object.keys(workspaces).map((each) => `@${each}`);
  throw new CommandError(
    "usage",
    file === undefined
      ? `There is no workspace @${wanted}: no ${NAMES[0]} was found in ${cwd} or above.`
      : `There is no workspace @${wanted} in ${file}. It has ${known.join(", ") || "none"}.`,
  );
}

function configFile(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

async function load(file: string): Promise<CliConfig> {
  const exported = file.endsWith(".json")
    ? JSON.parse(await readFile(file, "utf8"))
    : await loadModule(file, "/");
  const config = exported.default?.workspaces ? exported.default : exported;
  if (typeof config.workspaces === "object" && config.workspaces !== null) return config;
  throw new CommandError("usage", `${file} must export { workspaces: { name: ... } } by default.`);
}
