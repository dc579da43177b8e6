import { MissingServer } from "../missing.js";
import { aptInstall, canAptInstall } from "../os/apt.js";
import { findPgBouncer, pgBouncerVersion } from "./find.js";

/**
 * Makes sure that the program `pgbouncer` is on this machine: as root on Debian and Ubuntu it is installed by apt.
 * @returns which one it is, in a sentence
 * @throws MissingServer with what to install
 */
export async function providePgBouncer(log: (line: string) => void): Promise<string> {
  let path = findPgBouncer();
  if (!path && canAptInstall()) {
    log("installing PgBouncer by apt-get (once)");
    await aptInstall("pgbouncer").catch((error: Error) => log(error.message));
    path = findPgBouncer();
  }
  if (path) return `PgBouncer ${pgBouncerVersion(path)} from ${path}`;
  throw new MissingServer(NO_PGBOUNCER);
}

export const NO_PGBOUNCER =
  "no PgBouncer: the program pgbouncer is not on this machine. " +
  "Install it (apt-get install pgbouncer, brew install pgbouncer).";
