import { existsSync, readFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
/** Name of the PATH variable, which is `Path` on Windows. A second spelling would create a second variable. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";

/** Programs that package.json pins, and an environment in which turbo finds that pnpm. */
export const pnpm = join(modules, "pnpm", "bin", "pnpm.cjs");
export const turbo = join(modules, "turbo", "bin", "turbo");
export const env = {
  ...process.env,
  [PATH]: [join(modules, ".bin"), process.env[PATH]].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
};

/**
 * Returns program, parameters and options that run pnpm: the installed one, or before the first installation one that
 * npm downloads.
 */
export function pnpmCommand(parameters) {
  const version = pinnedVersion();
  if (installedVersion() === version) return [process.execPath, [pnpm, ...parameters], {}];
  const download = ["--yes", "--loglevel=error", "--", `pnpm@${version}`, ...parameters];
  // Under npm its own program, run by this Node; else the npx on PATH, which needs a shell on Windows.
  const npm = process.env.npm_execpath ?? "";
  if (basename(npm) === "npm-cli.js") return [process.execPath, [npm, "exec", ...download], {}];
  return ["npx", download, { shell: process.platform === "win32" }];
}

function pinnedVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return packageManager.match(/^pnpm@([^+]+)/)[1];
}

function installedVersion() {
  const manifest = join(modules, "pnpm", "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}
