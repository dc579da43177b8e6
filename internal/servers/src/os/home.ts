import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canWriteBelow, type ServerUser } from "./user.js";

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
export function makeTemporaryHome(kind: string, user: ServerUser | undefined): Home {
  const place = canWriteBelow(tmpdir(), user) ? tmpdir() : "/tmp";
  const home = homeAt(mkdtempSync(join(place, `deepagents-remote-${kind}-`)));
  chmodSync(home.path, 0o711);
  makeOwned(home.data, user);
  return home;
}

/** Makes an empty directory that only the server's user can read. */
export function makeOwned(directory: string, user: ServerUser | undefined): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  if (user) chownSync(directory, user.uid, user.gid);
}
