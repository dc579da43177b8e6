import { spawnSync } from "node:child_process";
import { findProgram } from "../os/find-program.js";
import type { MinioProgram } from "./local.js";

/** The `minio` on PATH, or why there is none. */
export function findInstalled(): MinioProgram | string {
  const path = findProgram("minio");
  if (!path) return "there is no minio on PATH";
  const answer = spawnSync(path, ["--version"], { encoding: "utf8", env: { ...process.env } });
  const version = answer.stdout?.match(/^minio version (\S+)/)?.[1];
  return version ? { path, version, source: "path" } : `${path} does not tell its version as MinIO does`;
}
