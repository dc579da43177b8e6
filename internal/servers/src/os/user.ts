import { spawnSync } from "node:child_process";
import { accessSync, chownSync, constants, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** OS user that a server runs as where root starts it: PostgreSQL and PgBouncer refuse to run as root. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

const NAME = "postgres";

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The user for servers that refuse root, made when there is none; `undefined` where this process is not root. */
export function serverUser(log: (line: string) => void): ServerUser | undefined {
  return isRoot() ? (findUser() ?? createUser(log)) : undefined;
}

/** The user `postgres`, if there is one. */
export function findUser(): ServerUser | undefined {
  const [uid, gid] = ["-u", "-g"].map((flag) => spawnSync("id", [flag, NAME], { encoding: "utf8" }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { name: NAME, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function createUser(log: (line: string) => void): ServerUser {
  log(`making the OS user "${NAME}", because PostgreSQL does not run as root`);
  spawnSync("groupadd", ["--system", NAME]);
  const made = spawnSync("useradd", ["--system", "--no-create-home", "-g", NAME, NAME], { encoding: "utf8" });
  const user = findUser();
  if (user) return user;
  throw new Error(
    `PostgreSQL does not run as root, there is no OS user "${NAME}", and making one failed: ` +
      `${made.error?.message ?? made.stderr.trim()}. Make it by hand (useradd --system ${NAME}), or do not run this as root.`,
  );
}

/** Options of `spawn` that run a program as that user. */
export const credentials = (user: ServerUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {});

/**
 * Tries whether a server could keep its files below a directory, since modes, ACLs and file systems all have a say.
 * @returns The reason why it could not.
 */
export function whyNotWritable(directory: string, user: ServerUser | undefined): string | undefined {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(join(directory, ".probe-"));
    if (!user) return undefined;
    chownSync(probe, user.uid, user.gid);
    if (succeeds(user, 'cd "$1" && : > file && rm file', probe)) return undefined;
    return `the OS user "${user.name}", which PostgreSQL runs as, cannot reach ${directory}`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (probe) rmSync(probe, { recursive: true, force: true });
  }
}

/** True if the server's user can run the program. */
export function canRun(path: string, user: ServerUser | undefined): boolean {
  if (user) return succeeds(user, 'test -x "$1"', path);
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function succeeds(user: ServerUser, script: string, argument: string): boolean {
  const options = { cwd: "/", stdio: "ignore", ...credentials(user) } as const;
  return spawnSync("/bin/sh", ["-c", script, "sh", argument], options).status === 0;
}
