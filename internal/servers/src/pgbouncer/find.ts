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

/**
 * The program `pgbouncer`, of the PATH or of a packager.
 * @throws when there is none, with what to install
 */
export function findPgBouncer(places: readonly string[] = PLACES): string {
  const found =
    findProgram("pgbouncer") ??
    places.map((place) => join(place, programName("pgbouncer"))).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    "no PgBouncer: the program pgbouncer is not on this machine. " +
      "Install it (apt-get install pgbouncer, brew install pgbouncer).",
  );
}
