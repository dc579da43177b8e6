import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "@jest/globals";
import { findCached } from "../../src/go/program.js";
import { homeAt } from "../../src/homes/home.js";
import { ownerOf } from "../../src/homes/temporary-home.js";
import { temporaryRoots } from "../../src/homes/temporary-root.js";
import { askHealth } from "../../src/minio/health.js";
import { findInstalled } from "../../src/minio/installed.js";
import { MINIO } from "../../src/minio/program.js";

/** Where a MinIO comes from that runs as a process of this machine and need not be built first. */
export const LOCAL = ["path", "cache"] as const;

const here = typeof findInstalled() !== "string" || findCached(MINIO) !== undefined;

/** For what only a process on this machine shows. With Docker or an address alone there need not be a program. */
export function describeLocal(name: string, tests: () => void): void {
  if (here) describe(name, tests);
  else describe.skip(`${name} (skipped: no minio on PATH, and none was built)`, tests);
}

export async function answers(endpoint: string): Promise<boolean> {
  return askHealth(endpoint).then(
    (status) => status === 200,
    () => false,
  );
}

/** The folders of the temporary servers of that kind that a process has started. */
export function homesOf(kind: string, pid = process.pid): string[] {
  return temporaryRoots(kind)
    .flatMap((root) => readdirSync(root).map((name) => join(root, name)))
    .filter((path) => ownerOf(homeAt(path))?.pid === pid);
}
