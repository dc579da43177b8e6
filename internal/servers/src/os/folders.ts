import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import envPaths from "env-paths";
import { type ServerUser, whyNotWritable } from "./user.js";

/** Folder of one server. It belongs to the user who starts the server; only `data` belongs to the server's user. */
export interface Home {
  path: string;
  data: string;
  /** Standard output and error of the server. */
  log: string;
}

export const homeAt = (path: string): Home => ({
  path,
  data: join(path, "data"),
  log: join(path, "server.log"),
});

/** Makes a temporary home with an empty data directory, where the server's user can reach it. */
export function makeTemporaryHome(kind: string, user?: ServerUser): Home {
  const places = user ? [...new Set([tmpdir(), "/tmp", "/var/tmp"])] : [tmpdir()];
  const refusals: string[] = [];
  for (const place of places) {
    const why = whyNotWritable(place, user);
    if (why === undefined) return fill(mkdtempSync(join(place, `deepagents-remote-${kind}-`)), user);
    refusals.push(why);
  }
  throw new Error(`no temporary folder serves for a ${kind} server: ${refusals.join("; ")}`);
}

function fill(path: string, user: ServerUser | undefined): Home {
  const home = homeAt(path);
  chmodSync(path, 0o711);
  makeOwned(home.data, user);
  return home;
}

/** Makes an empty directory that only the server's user can read. */
export function makeOwned(directory: string, user: ServerUser | undefined): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  if (user) chownSync(directory, user.uid, user.gid);
}

/** Folder of this OS user for what can be made again. */
export const userCache = (): string => envPaths("deepagents-remote", { suffix: "" }).cache;
