import type { Capability } from "./capabilities.js";
import type { Case } from "./case.js";
import type { CaseResult } from "./report.js";

/** What a level stands for, and what a backend must promise to reach it. */
export interface LevelMeaning {
  readonly means: string;
  readonly needs: readonly Capability[];
}

/** How far a backend can be relied on, from the least to the most. Each level contains those before it. */
export const LEVELS = {
  protocol: {
    means: "does what the types, tools and middleware of deepagents ask for",
    needs: ["directories"],
  },
  faithful: {
    means: "and gives back exactly what was stored, in order, and refuses what it cannot keep",
    needs: [
      "transfer",
      "exactText",
      "byteFidelity",
      "detectsBinary",
      "anyName",
      "positions",
      "ordered",
      "strictInput",
    ],
  },
  concurrent: {
    means: "and loses nothing when many write at once",
    needs: ["atomic"],
  },
  production: {
    means: "and keeps tenants apart, closes ways around permission rules, and tells an outage from absence",
    needs: ["ownRoot", "strictPaths", "outage"],
  },
} as const satisfies Readonly<Record<string, LevelMeaning>>;

/** The name of a level. */
export type Level = keyof typeof LEVELS;

const levels = Object.keys(LEVELS) as Level[];

/** The level that a promise belongs to; `protocol` when it is a free choice, such as `createOnly`. */
export const levelOfPromise = (name: string): Level =>
  levels.find((level) => (LEVELS[level].needs as readonly string[]).includes(name)) ?? "protocol";

/** The level at which a case counts: the highest that one of its needs belongs to. */
export function levelOf({ needs = [] }: Pick<Case, "needs">): Level {
  const indexes = [needs].flat().map((name) => levels.indexOf(levelOfPromise(name)));
  return levels[Math.max(0, ...indexes)]!;
}

/** The levels up to and with one. */
export const levelsUpTo = (level: Level): readonly Level[] => levels.slice(0, levels.indexOf(level) + 1);

/** Where a backend stands. */
export interface Standing {
  /** The highest level reached, if any. */
  readonly level: Level | undefined;
  /** The level after that, if any. */
  readonly next?: Level;
  /** What stands in the way of the next level, a phrase each. */
  readonly obstacles: readonly string[];
}

/** Where a backend stands with these results of the whole suite. */
export function standing(results: readonly CaseResult[]): Standing {
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

/** A standing in one line. */
export function showStanding({ level, next, obstacles }: Standing): string {
  const rest = next ? `; ${next} needs more: ${obstacles.join(", ")}` : "";
  return `level: ${level ?? "none"}${rest}`;
}
