import type { CaseResult } from "./case-result.js";
import { LEVELS, type Level, levelOf, levels } from "./levels.js";

/** Level that a backend has reached. */
export interface LevelResult {
  /** The highest level reached, if any. */
  readonly level: Level | undefined;
  /** The level after that, if any. */
  readonly next?: Level;
  /** Obstacles to the next level, a phrase each. */
  readonly obstacles: readonly string[];
}

/** Determines the level of a backend from the results of the whole suite. */
export function assessLevel(results: readonly CaseResult[]): LevelResult {
  let level: Level | undefined;
  for (const next of levels) {
    const obstacles = obstaclesTo(next, results);
    if (obstacles.length > 0) return { level, next, obstacles };
    level = next;
  }
  return { level, obstacles: [] };
}

const IN_THE_WAY = { failed: "failed", "known-failure": "known to fail", skipped: "skipped" } as const;

function obstaclesTo(level: Level, results: readonly CaseResult[]): readonly string[] {
  const own = results.filter((result) => levelOf(result.case) === level);
  const missing = new Set(own.flatMap((result) => result.missing ?? []));
  const needed = LEVELS[level].needs
    .filter((name) => missing.has(name))
    .map((name) => `${name} not promised`);
  const counted = Object.entries(IN_THE_WAY).flatMap(([status, words]) => {
    const count = own.filter((result) => result.status === status).length;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  return [...needed, ...counted];
}

/** Formats a level in one line. */
export function formatLevelResult({ level, next, obstacles }: LevelResult): string {
  const rest = next ? `; ${next} needs more: ${obstacles.join(", ")}` : "";
  return `level: ${level ?? "none"}${rest}`;
}
