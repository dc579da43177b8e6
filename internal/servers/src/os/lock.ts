import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { isRunning, markOf, parseMark } from "./process-mark.js";
import { until } from "./until.js";

/** After this long a lock of another machine counts as forgotten: its process cannot be looked at from here. */
const FOREIGN_STALE_MS = 5 * 60_000;

/** Runs `work` while no other process that takes the same lock file does. */
export async function withLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const release = await until(() => tryLock(path), timeoutMs);
  if (!release) {
    throw new Error(
      `another process has held ${path} for ${timeoutMs / 1000} s: ${describe(path)}. ` +
        "Wait for it or end it; delete the file when no such process exists.",
    );
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Takes the lock now or answers undefined. The file appears complete or not at all (link(2) fails when the
 * name exists), and names its holder, so that a holder that died does not hold for ever.
 */
export function tryLock(path: string): (() => void) | undefined {
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, JSON.stringify(markOf(process.pid)));
  try {
    linkSync(mine, path);
    return () => rmSync(path, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeStale(path);
    return undefined;
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeStale(path: string): void {
  const seen = read(path);
  if (seen === undefined || !isStale(path, seen)) return;
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    // Between the look and the rename another process may have removed the stale lock and taken its own.
    if (read(aside) !== seen) linkSync(aside, path);
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true });
}

function isStale(path: string, content: string): boolean {
  const holder = parseMark(content);
  if (!holder) return true;
  if (holder.host === hostname()) return !isRunning(holder);
  try {
    return Date.now() - statSync(path).mtimeMs > FOREIGN_STALE_MS;
  } catch {
    return false;
  }
}

function describe(path: string): string {
  const holder = parseMark(read(path) ?? "");
  return holder ? `process ${holder.pid} on ${holder.host}` : "it names no process";
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
