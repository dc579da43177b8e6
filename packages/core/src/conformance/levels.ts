import type { Capability } from "./capabilities.js";
import type { Case } from "./case.js";

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

/** All levels, from the least to the most. */
export const levels = Object.keys(LEVELS) as Level[];

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
