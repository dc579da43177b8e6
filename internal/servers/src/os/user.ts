import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** OS user that a server runs as where root starts it: PostgreSQL and PgBouncer refuse to run as root. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Returns the user for servers that refuse root: the owner of their data, else `postgres`, else `nobody`; `undefined`
 * where this process is not root.
 */
export function serverUser(data?: string): ServerUser | undefined {
  if (!isRoot()) return undefined;
  const owner = data === undefined ? undefined : statSync(data, { throwIfNoEntry: false });
  const user = owner ? findUser(String(owner.uid)) : (findUser("postgres") ?? findUser("nobody"));
  if (user) return user;
  const which = owner ? `with the id ${owner.uid} of the owner of ${data}` : '"postgres" or "nobody"';
  throw new Error(`PostgreSQL does not run as root, and there is no OS user ${which}`);
}

/** Finds a user by name or id. */
function findUser(user: string): ServerUser | undefined {
  const [name = "", uid, gid] = ["-un", "-u", "-g"].map((flag) =>
    spawnSync("id", [flag, user], { encoding: "utf8", env: process.env }).stdout?.trim(),
  );
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Options of `spawn` that run a program as that user. */
export const credentials = (user: ServerUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {});

/**
 * Returns true if a server could keep its files below a directory. Tries it, since modes, ACLs and file systems all have
 * a say.
 */
export function canWriteBelow(directory: string, user: ServerUser | undefined): boolean {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(join(directory, ".probe-"));
    if (!user) return true;
    chownSync(probe, user.uid, user.gid);
    const options = { cwd: "/", stdio: "ignore", ...credentials(user) } as const;
    return spawnSync("/bin/sh", ["-c", 'cd "$1" && : > file', "sh", probe], options).status === 0;
  } catch {
    return false;
  } finally {
    if (probe) rmSync(probe, { recursive: true, force: true });
  }
}
