import { spawnSync } from "node:child_process";
import { accessSync, chownSync, constants, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { credentials, type ServerUser } from "./server-user.js";

/**
 * Tries whether a server of `user` could keep its files in a folder below `directory`. Modes, ACLs and odd
 * file systems all have a say, so it is tried, not computed. Answers the reason when it cannot.
 */
export function whyNotWritable(directory: string, user: ServerUser | undefined): string | undefined {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(join(directory, ".probe-"));
    if (!user) return undefined;
    chownSync(probe, user.uid, user.gid);
    return asUser(user, 'cd "$1" && : > file && rm file', probe) ? undefined : unreachable(directory, user);
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (probe) rmSync(probe, { recursive: true, force: true });
  }
}

/** Whether `user` can run the program at `path`. */
export function canRun(path: string, user: ServerUser | undefined): boolean {
  if (user) return asUser(user, 'test -x "$1"', path);
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function asUser(user: ServerUser, script: string, argument: string): boolean {
  const result = spawnSync("/bin/sh", ["-c", script, "sh", argument], {
    cwd: "/",
    stdio: "ignore",
    ...credentials(user),
  });
  return result.status === 0;
}

function unreachable(directory: string, user: ServerUser): string {
  return `the OS user "${user.name}", which PostgreSQL runs as, cannot reach ${directory}`;
}
