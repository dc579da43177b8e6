import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmdirSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join } from "node:path";
import { userCache } from "./os/folders.js";
import { findUser, isRoot, whyNotWritable } from "./os/user.js";

export interface DataDirectory {
  path: string;
  /** Why this one, as half a sentence. */
  reason: string;
}

/**
 * Chooses where `npm start` keeps its data: `.data/postgres` of the clone, or, where the server's user cannot reach
 * that (a clone in root's home folder, a read-only one), a folder of this OS user for this clone.
 */
export function chooseDataDirectory(cloneRoot: string): DataDirectory {
  const clone = realpathSync(cloneRoot);
  const hash = createHash("sha256").update(clone).digest("hex").slice(0, 8);
  const shared = process.platform === "win32" ? [] : [`/var/tmp/deepagents-remote-${userInfo().uid}`];
  const elsewhere = [userCache(), ...shared].map((place) => join(place, `${basename(clone)}-${hash}`));
  const refusals: string[] = [];
  for (const folder of [join(clone, ".data"), ...elsewhere]) {
    const why = tryFolder(folder);
    if (why === undefined) {
      const reason = refusals.length === 0 ? "a folder of this clone" : `not in the clone: ${refusals[0]}`;
      return { path: join(folder, "postgres"), reason };
    }
    refusals.push(why);
  }
  throw new Error(`there is no folder to keep PostgreSQL's data in: ${refusals.join("; ")}`);
}

/** Returns the reason why the folder does not serve, and then does not leave it behind. */
function tryFolder(folder: string): string | undefined {
  const isNew = !existsSync(folder);
  try {
    mkdirSync(folder, { recursive: true });
    // A user that is still to be made can reach what "nobody" can.
    const user = isRoot() ? (findUser() ?? { name: "postgres", uid: 65534, gid: 65534 }) : undefined;
    const why = whyNotWritable(folder, user);
    if (why !== undefined && isNew) rmdirSync(folder);
    return why;
  } catch (error) {
    return (error as Error).message;
  }
}
