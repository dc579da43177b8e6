import { execFile } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { findProgram } from "./find-program.js";
import { isRoot } from "./server-user.js";

const execute = promisify(execFile);

/** While this file says 101, packages do not start the service that they bring. */
const POLICY = "/usr/sbin/policy-rc.d";

export const canAptInstall = (): boolean => isRoot() && findProgram("apt-get") !== undefined;

/**
 * Installs a Debian package without starting its service.
 * @throws Error with the end of what apt-get printed
 * @see https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
export async function aptInstall(name: string): Promise<void> {
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
    chmodSync(POLICY, 0o755);
  }
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await execute("apt-get", ["update", "-qq"], { env });
    await execute("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], { env });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`apt-get could not install ${name}: ${(stderr || message).trim().slice(-500)}`);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}
