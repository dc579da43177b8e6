import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { whyNotWritable } from "../os/reach.js";
import type { ServerUser } from "../os/server-user.js";

/**
 * Where the homes of temporary servers are: one folder per OS user, always the same, so that the next start
 * finds what a killed one left behind.
 */
export function temporaryRoot(kind: string, user: ServerUser | undefined): string {
  const refusals: string[] = [];
  for (const place of places()) {
    const why = makeRoot(place, kind, user);
    if (typeof why !== "string") return why.root;
    refusals.push(`${place}: ${why}`);
  }
  throw new Error(`no temporary folder serves for a ${kind} server. Tried ${refusals.join("; ")}`);
}

/** Every root that exists, for cleaning up: the temporary folder of that start need not be the one of now. */
export function temporaryRoots(kind: string): string[] {
  return places()
    .map((place) => join(place, folderName(), kind))
    .filter((root) => isOurs(root));
}

function makeRoot(place: string, kind: string, user: ServerUser | undefined): string | { root: string } {
  const folder = join(place, folderName());
  const root = join(folder, kind);
  try {
    mkdirSync(root, { recursive: true });
    if (!isOurs(folder)) return `${folder} belongs to another user`;
    if (process.platform !== "win32") for (const each of [folder, root]) chmodSync(each, 0o755);
  } catch (error) {
    return (error as Error).message;
  }
  return whyNotWritable(root, user) ?? { root };
}

function places(): string[] {
  return [...new Set(process.platform === "win32" ? [tmpdir()] : [tmpdir(), "/tmp", "/var/tmp"])];
}

function folderName(): string {
  return `deepagents-remote-servers-${process.getuid?.() ?? userInfo().username}`;
}

/** Temporary folders are open to all: a folder that another user put there first is not to be trusted. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && (process.getuid === undefined || stat.uid === process.getuid());
}
