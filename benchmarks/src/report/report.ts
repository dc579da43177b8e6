import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, platform, totalmem } from "node:os";
import type { Result } from "../framework/measurement.js";

/** A finished run, as in `docs/performance.json`. */
export interface Report {
  /** Date, such as 2026-01-31. */
  readonly date: string;
  readonly machine: string;
  /** Versions of Node and of the contenders' packages. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

const PACKAGES = [
  "deepagents",
  "@langchain/langgraph-checkpoint-postgres",
  "deepagents-s3-backend",
  "bash-gres",
  "postgres",
  "@aws-sdk/client-s3",
];

/** Describes a run on this machine. */
export function reportOf(results: readonly Result[]): Report {
  const { paths } = createRequire(import.meta.url).resolve;
  const versionOf = (name: string) => {
    for (const folder of paths(name) ?? []) {
      try {
        return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version as string;
      } catch {}
    }
    return "unknown";
  };
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB of memory, ${platform()}`,
    versions: {
      Node: process.versions.node,
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    },
    results,
  };
}
