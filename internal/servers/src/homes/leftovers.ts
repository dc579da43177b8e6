import { readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isRunning } from "../os/process-mark.js";
import { type Home, homeAt } from "./home.js";
import { ownerOf, removeHome } from "./temporary-home.js";
import { temporaryRoots } from "./temporary-root.js";

/** A home without an owner is one that is being made; after this long it is one that was never finished. */
const UNFINISHED_MS = 10 * 60_000;

/**
 * Stops and removes what processes that were killed (`kill -9`) left behind.
 * @param stop stops the server of a home if it is proven to be that home's, and answers whether none runs now
 */
export async function removeLeftovers(
  kind: string,
  stop: (home: Home) => Promise<boolean>,
  log: (line: string) => void,
): Promise<void> {
  for (const home of temporaryRoots(kind).flatMap(homesIn)) {
    try {
      if (!isLeftover(home)) continue;
      if (!(await stop(home))) {
        log(`a ${kind} server that a killed run left in ${home.path} did not stop; it is left alone`);
        continue;
      }
      removeHome(home);
      log(`removed a ${kind} server that a killed run had left in ${home.path}`);
    } catch {
      // Another process that starts just now cleans up the same home.
    }
  }
}

function homesIn(root: string): Home[] {
  return readdirSync(root)
    .filter((name) => name.startsWith("run-"))
    .map((name) => homeAt(join(root, name)));
}

function isLeftover(home: Home): boolean {
  const owner = ownerOf(home);
  if (owner) return owner.host === hostname() && !isRunning(owner);
  return Date.now() - statSync(home.path).mtimeMs > UNFINISHED_MS;
}
