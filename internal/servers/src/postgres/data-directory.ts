import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { canWriteBelow, serverUser } from "../os/user.js";

/**
 * Chooses where `npm start` keeps its data: `.data/postgres` of the clone, or, where the server's user cannot write there
 * (a clone in root's home folder, a read-only one), a folder of this OS user for this clone.
 */
export function chooseDataDirectory(cloneRoot: string): { path: string; isInClone: boolean } {
  const clone = realpathSync(cloneRoot);
  const own = join(clone, ".data");
  if (isWritable(own)) return { path: join(own, "postgres"), isInClone: true };
  const hash = createHash("sha256").update(clone).digest("hex").slice(0, 8);
  const shared = process.platform === "win32" ? tmpdir() : `/var/tmp/deepagents-remote-${userInfo().uid}`;
  return { path: join(shared, `${basename(clone)}-${hash}`, "postgres"), isInClone: false };
}

/** Returns true if the server's user can write below the folder. Leaves none behind where it cannot. */
function isWritable(folder: string): boolean {
  const isNew = !existsSync(folder);
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    return false;
  }
  const user = serverUser();
  const isReachable = canWriteBelow(folder, user);
  if (!isReachable && isNew) rmdirSync(folder);
  return isReachable;
}
