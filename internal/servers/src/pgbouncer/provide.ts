import { execFile } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { provideImage } from "../docker/engine.js";
import { PGBOUNCER_IMAGE } from "../images.js";
import { MissingServer } from "../missing.js";
import { isRoot } from "../os/user.js";
import { findProgram } from "../os/which.js";

/** A program on this machine, or an image. */
export type Provided = { readonly path: string } | { readonly image: string };

/** Where packagers put it besides. The first two are not on the PATH of ordinary users. */
const PLACES = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/opt/homebrew/opt/pgbouncer/bin",
  "/usr/local/opt/pgbouncer/bin",
  "/home/linuxbrew/.linuxbrew/opt/pgbouncer/bin",
];

/**
 * Finds PgBouncer: the program on PATH or in a packager's folder, else an image of Docker, else, as root on Debian and
 * Ubuntu, by apt.
 * @throws MissingServer with what to install
 */
export async function providePgBouncer(
  log: (line: string) => void,
  places: readonly string[] = PLACES,
): Promise<Provided> {
  const installed = findInstalled(places);
  if (installed) return installed;
  const image = await provideImage(PGBOUNCER_IMAGE, log);
  if (typeof image !== "string") return image;
  if (isRoot() && findProgram("apt-get")) {
    log("installing PgBouncer by apt-get (once)");
    await aptInstall("pgbouncer").catch((error: Error) => log(error.message));
  }
  const now = findInstalled(places);
  if (now) return now;
  throw new MissingServer(
    `no PgBouncer: there is no pgbouncer on PATH; ${image}\nDo one of these: start Docker; install it ` +
      "(apt-get install pgbouncer, brew install pgbouncer).",
  );
}

function findInstalled(places: readonly string[]): { path: string } | undefined {
  const path = findProgram("pgbouncer") ?? places.map((place) => join(place, "pgbouncer")).find(existsSync);
  return path === undefined ? undefined : { path };
}

/** While this file says 101, packages do not start the service that they bring. */
const POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs a Debian package without starting its service.
 * @throws Error with the end of what apt-get printed
 * @see https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
async function aptInstall(name: string): Promise<void> {
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
    chmodSync(POLICY, 0o755);
  }
  const apt = (...parameters: string[]) =>
    promisify(execFile)("apt-get", parameters, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  try {
    await apt("update", "-qq");
    await apt("install", "-y", "-qq", "--no-install-recommends", name);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`apt-get could not install ${name}: ${(stderr || message).trim().slice(-500)}`);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}
