import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The programs of one PostgreSQL installation. */
export interface Binaries {
  source: "binaries" | "embedded";
  /** The folder that holds them. */
  directory: string;
  initdb: string;
  postgres: string;
  /** `15.14` */
  version: string;
  /** A data directory works with servers of its own major version only. */
  major: number;
}

/** The installation in that folder, or undefined when `initdb` or `postgres` is missing or does not run. */
export function binariesIn(directory: string, source: Binaries["source"]): Binaries | undefined {
  const extension = process.platform === "win32" ? ".exe" : "";
  const initdb = join(directory, `initdb${extension}`);
  const postgres = join(directory, `postgres${extension}`);
  if (!existsSync(initdb) || !existsSync(postgres)) return undefined;
  const version = spawnSync(postgres, ["--version"], { encoding: "utf8" }).stdout?.match(/\) (\d+)([.\w]*)/);
  if (!version) return undefined;
  return {
    source,
    directory,
    initdb,
    postgres,
    version: version[1]! + version[2],
    major: Number(version[1]),
  };
}
