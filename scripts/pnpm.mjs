import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { step } from "./process.mjs";
import { findOnPath } from "./which-pnpm.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
/** Windows spells it `Path`; two spellings in one environment would be two variables. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
const note = join(root, "node_modules", ".cache", "deepagents-remote", "pnpm.json");

/**
 * The pnpm that package.json pins: the one on PATH if it is that version, else npm fetches it. Answers its
 * program, turbo's, and an environment in which turbo finds the same pnpm.
 */
export async function findPnpm() {
  const version = pinnedVersion();
  const found = findOnPath(process.env[PATH] ?? "", version) ?? remembered(version) ?? (await fetch(version));
  return {
    program: found.program,
    turbo: join(root, "node_modules", "turbo", "bin", "turbo"),
    env: {
      ...process.env,
      [PATH]: [found.directory, process.env[PATH]].join(delimiter),
      TURBO_TELEMETRY_DISABLED: "1",
      TURBO_NO_UPDATE_NOTIFIER: "1",
    },
    /** Saves npm's second of thinking at the next run. Once there is a node_modules to write to. */
    remember() {
      mkdirSync(dirname(note), { recursive: true });
      writeFileSync(note, JSON.stringify({ ...found, version }));
    },
  };
}

function pinnedVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return packageManager.match(/^pnpm@([^+]+)/)[1];
}

function remembered(version) {
  try {
    const found = JSON.parse(readFileSync(note, "utf8"));
    return found.version === version && existsSync(found.program) ? found : undefined;
  } catch {
    return undefined;
  }
}

async function fetch(version) {
  const which = fileURLToPath(new URL("which-pnpm.mjs", import.meta.url));
  const [program, parameters, options] = npx([
    "--yes",
    "--loglevel=error",
    `--package=pnpm@${version}`,
    "--",
    "node",
    which,
    version,
  ]);
  const text = await step(`Fetching pnpm ${version}`, program, parameters, { cwd: root, ...options });
  return JSON.parse(text.trim().split("\n").at(-1));
}

/** Under npm its own npx is run by this Node; else the one on PATH, which on Windows only a shell can run. */
function npx(parameters) {
  const npm = process.env.npm_execpath ?? "";
  const beside = join(dirname(npm), "npx-cli.js");
  if (basename(npm) === "npm-cli.js" && existsSync(beside))
    return [process.execPath, [beside, ...parameters], {}];
  if (process.platform !== "win32") return ["npx", parameters, {}];
  return ["npx.cmd", parameters.map((each) => `"${each}"`), { shell: true }];
}
