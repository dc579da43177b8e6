import { spawnSync } from "node:child_process";

/** The OS user that a server runs as. PostgreSQL refuses to run as root, so root hands it to another user. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The OS user of that name, or undefined. */
export function findUser(name: string): ServerUser | undefined {
  const uid = idOf("-u", name);
  const gid = idOf("-g", name);
  return uid === undefined || gid === undefined ? undefined : { name, uid, gid };
}

/** Makes the OS user and its group. Only root can, and only when no such user exists. */
export function createUser(name: string): ServerUser {
  spawnSync("groupadd", ["--system", name], { encoding: "utf8" });
  const made = spawnSync("useradd", ["--system", "--no-create-home", "-g", name, name], { encoding: "utf8" });
  const user = findUser(name);
  if (user) return user;
  const why = made.error?.message ?? made.stderr.trim();
  throw new Error(
    `PostgreSQL does not run as root, there is no OS user "${name}", and making one failed: ${why}. ` +
      `Make it by hand (useradd --system ${name}), or run this as another user than root.`,
  );
}

/** What `spawn` needs to run something as that user; nothing when it is the current one. */
export function credentials(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

function idOf(flag: "-u" | "-g", name: string): number | undefined {
  const id = spawnSync("id", [flag, name], { encoding: "utf8" });
  return id.status === 0 ? Number(id.stdout.trim()) : undefined;
}
