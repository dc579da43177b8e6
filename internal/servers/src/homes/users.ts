import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, markOf, parseMark } from "../os/process-mark.js";
import type { Home } from "./home.js";

let count = 0;

/** Notes that this process uses the server of a persistent home. Answers what takes the note away. */
export function addUser(home: Home): () => void {
  const folder = join(home.path, "users");
  mkdirSync(folder, { recursive: true });
  count += 1;
  const note = join(folder, `${process.pid}-${count}.json`);
  writeFileSync(note, JSON.stringify(markOf(process.pid)));
  return () => rmSync(note, { force: true });
}

/** How many still use it. Notes of processes that ended without taking theirs away are removed. */
export function countUsers(home: Home): number {
  const folder = join(home.path, "users");
  let users = 0;
  for (const name of namesIn(folder)) {
    const mark = readMark(join(folder, name));
    if (mark && isRunning(mark)) users += 1;
    else rmSync(join(folder, name), { force: true });
  }
  return users;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readMark(path: string) {
  try {
    return parseMark(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
