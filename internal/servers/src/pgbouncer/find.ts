import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findProgram, programName } from "../os/find-program.js";

/** Where packagers put it besides. The first two are not on the PATH of ordinary users. */
const PLACES = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/opt/homebrew/opt/pgbouncer/bin",
  "/usr/local/opt/pgbouncer/bin",
  "/home/linuxbrew/.linuxbrew/opt/pgbouncer/bin",
];

/** The program `pgbouncer`, of the PATH or of a packager; `undefined` when there is none. */
export function findPgBouncer(places: readonly string[] = PLACES): string | undefined {
  return (
    findProgram("pgbouncer") ??
    places.map((place) => join(place, programName("pgbouncer"))).find((path) => existsSync(path))
  );
}

/** `1.18.0` */
export function pgBouncerVersion(path: string): string {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return stdout?.match(/PgBouncer (\S+)/)?.[1] ?? "of an unknown version";
}
