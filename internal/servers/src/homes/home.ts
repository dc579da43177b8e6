import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ServerUser } from "../os/server-user.js";

/**
 * The folder of one server. It belongs to who starts the server; only `data` belongs to the OS user that the
 * server runs as.
 */
export interface Home {
  path: string;
  /** The server's own data directory. */
  data: string;
  /** What the server writes to its standard output and error. */
  log: string;
}

export function homeAt(path: string): Home {
  return { path, data: join(path, "data"), log: join(path, "server.log") };
}

/** Makes a folder in the home that the server's user may fill. */
export function makeOwned(directory: string, user: ServerUser | undefined): void {
  mkdirSync(directory, { mode: 0o700 });
  if (user) chownSync(directory, user.uid, user.gid);
}
