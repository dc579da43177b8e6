import { execFile } from "node:child_process";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, makeOwned } from "../homes/home.js";
import { credentials, type ServerUser } from "../os/server-user.js";
import type { Binaries } from "./binaries.js";

/**
 * Makes the data directory. It gets its name when it is complete, so one that `initdb` did not finish is
 * never taken for one.
 * @param options.sync whether to flush it to disk, which a temporary one does not need
 */
export async function createCluster(
  binaries: Binaries,
  home: Home,
  user: ServerUser | undefined,
  options: { sync: boolean },
): Promise<void> {
  const half = `${home.data}.new`;
  const password = join(home.path, "password");
  rmSync(half, { recursive: true, force: true });
  makeOwned(half, user);
  writeFileSync(password, "postgres\n", { mode: 0o600 });
  if (user) chownSync(password, user.uid, user.gid);
  try {
    await run(binaries.initdb, user, half, [
      `--pgdata=${half}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      `--pwfile=${password}`,
      "--encoding=UTF8",
      "--locale=C",
      ...(options.sync ? [] : ["--no-sync"]),
    ]);
    renameSync(half, home.data);
  } finally {
    rmSync(password, { force: true });
    rmSync(half, { recursive: true, force: true });
  }
}

/** The major version that made the data directory, or undefined when there is none. */
export function clusterMajor(home: Home): number | undefined {
  const file = join(home.data, "PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : undefined;
}

function run(
  program: string,
  user: ServerUser | undefined,
  cwd: string,
  parameters: string[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { cwd, ...credentials(user) }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} failed: ${stderr.trim() || stdout.trim() || error.message}`));
      else resolve();
    });
  });
}
