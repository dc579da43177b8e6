import { spawnSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Binaries, binariesIn } from "./binaries.js";

/** `drop database ... with (force)` came with 13; older ones are out of their makers' support anyway. */
const OLDEST_MAJOR = 13;

/** Where packagers put them. A `*` stands for one part of a path. */
const PLACES = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql*/bin",
  "/usr/local/opt/postgresql*/bin",
  "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
  "/Applications/Postgres.app/Contents/Versions/*/bin",
  "/usr/local/pgsql/bin",
  "C:/Program Files/PostgreSQL/*/bin",
];

/** The PostgreSQL installations on this machine, newest first. */
export function findInstalled(): Binaries[] {
  const directories = new Set([...PLACES.flatMap(expand), ...fromPgConfig()].map(real));
  return [...directories]
    .flatMap((directory) => binariesIn(directory, "binaries") ?? [])
    .filter((found) => found.major >= OLDEST_MAJOR)
    .sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

function fromPgConfig(): string[] {
  const answer = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return answer.status === 0 ? [answer.stdout.trim()] : [];
}

function expand(pattern: string): string[] {
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => part.includes("*"));
  if (at < 0) return [pattern];
  const parent = `${parts.slice(0, at).join("/")}/`;
  const before = parts[at]!.slice(0, parts[at]!.indexOf("*"));
  return namesIn(parent)
    .filter((name) => name.startsWith(before))
    .map((name) => join(parent, name, ...parts.slice(at + 1)));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
