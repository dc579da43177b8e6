import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, rmdirSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { whyNotWritable } from "./os/reach.js";
import { findUser, isRoot, type ServerUser } from "./os/server-user.js";
import { userCache } from "./os/user-cache.js";

export interface DataDirectory {
  path: string;
  /** Why this one, as half a sentence. */
  reason: string;
}

/**
 * Where `npm start` keeps its data: `.data/postgres` of the clone, or, where the server's user cannot reach
 * that (a clone in root's home folder, a read-only one), a folder of this OS user for this clone.
 */
export function chooseDataDirectory(cloneRoot: string): DataDirectory {
  const clone = realpathSync(cloneRoot);
  const inClone = join(clone, ".data");
  const refusal = tryFolder(inClone);
  if (refusal === undefined) return { path: join(inClone, "postgres"), reason: "a folder of this clone" };
  const refusals = [refusal];
  for (const place of perUserPlaces()) {
    const folder = join(place, folderFor(clone));
    const why = tryFolder(folder);
    if (why === undefined) return { path: join(folder, "postgres"), reason: `not in the clone: ${refusal}` };
    refusals.push(why);
  }
  throw new Error(`there is no folder to keep PostgreSQL's data in: ${refusals.join("; ")}`);
}

/** Answers why the folder does not serve, and then leaves nothing of it behind. */
function tryFolder(folder: string): string | undefined {
  let made: string | undefined;
  try {
    made = mkdirSync(folder, { recursive: true });
    const why = whyNotWritable(folder, serverUser());
    if (why !== undefined && made) removeEmpty(folder, dirname(made));
    return why;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The user that PostgreSQL will run as. One that is still to be made can reach what "nobody" can. */
function serverUser(): ServerUser | undefined {
  if (!isRoot()) return undefined;
  return findUser("postgres") ?? { name: "postgres", uid: 65534, gid: 65534 };
}

function perUserPlaces(): string[] {
  if (process.platform === "win32") return [userCache()];
  return [userCache(), `/var/tmp/deepagents-remote-${userInfo().uid}`];
}

function folderFor(clone: string): string {
  const hash = createHash("sha256").update(clone).digest("hex").slice(0, 8);
  return `${basename(clone)}-${hash}`;
}

function removeEmpty(folder: string, stopAt: string): void {
  for (let each = folder; each !== stopAt && each !== dirname(each); each = dirname(each)) {
    try {
      rmdirSync(each);
    } catch {
      return;
    }
  }
}
