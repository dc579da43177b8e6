import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markOf, type ProcessMark, parseMark } from "../os/process-mark.js";
import type { ServerUser } from "../os/server-user.js";
import { type Home, homeAt } from "./home.js";
import { temporaryRoot } from "./temporary-root.js";

const OWNER = "owner.json";

/** A home for one run, marked with the process that it belongs to. */
export function makeTemporaryHome(kind: string, user: ServerUser | undefined): Home {
  const path = mkdtempSync(join(temporaryRoot(kind, user), "run-"));
  writeFileSync(join(path, OWNER), JSON.stringify(markOf(process.pid)));
  if (process.platform !== "win32") chmodSync(path, 0o711);
  return homeAt(path);
}

export function removeHome(home: Home): void {
  rmSync(home.path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}

export function ownerOf(home: Home): ProcessMark | undefined {
  try {
    return parseMark(readFileSync(join(home.path, OWNER), "utf8"));
  } catch {
    return undefined;
  }
}
