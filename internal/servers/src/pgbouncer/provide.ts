import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import which from "which";
import { fromImage, PGBOUNCER_IMAGE } from "../docker.js";
import type { Log } from "../messages.js";
import { findProgram } from "../os/programs.js";
import { isRoot } from "../os/user.js";
import { firstServer } from "../sources.js";

/** A program on this machine, or an image. */
export type Provided = { readonly path: string } | { readonly image: string };

/** Folders of programs that are not on the PATH of ordinary users. */
const SBIN: readonly string[] = ["/usr/sbin", "/usr/local/sbin"];

/**
 * Finds PgBouncer: the program on PATH or in `folders`, else an image of Docker, else, as root on Debian and Ubuntu, by
 * apt.
 * @throws MissingServer with what to install
 */
export function providePgBouncer(log: Log, folders = SBIN): Promise<Provided> {
  const path = async () => {
    const places = [process.env.PATH, ...folders].join(delimiter);
    const found = which.sync("pgbouncer", { path: places, nothrow: true });
    return found ? { path: found } : "there is no pgbouncer on PATH";
  };
  const docker = () => fromImage<Provided>(PGBOUNCER_IMAGE, log, async (image) => ({ image }));
  const apt = async () => {
    if (!isRoot() || !findProgram("apt-get")) return "apt-get cannot install it here";
    log("installing PgBouncer by apt-get (once)");
    return (await aptInstall()) ?? path();
  };
  return firstServer("PgBouncer", { path, docker, apt }, undefined, [
    "start Docker",
    "install it (apt-get install pgbouncer, brew install pgbouncer)",
  ]);
}

/**
 * Installs the package without starting its service.
 * @see https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
const INSTALL = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap "rm -f $policy" EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod 755 $policy
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer`;

/** Returns the reason if PgBouncer cannot be installed. */
function aptInstall(): Promise<string | undefined> {
  return promisify(execFile)("/bin/sh", ["-c", INSTALL]).then(
    () => undefined,
    ({ stderr, message }) => `apt-get could not install it: ${(stderr || message).trim().slice(-500)}`,
  );
}
