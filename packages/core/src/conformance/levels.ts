import type { Capability } from "./capabilities.js";
import type { Case } from "./case.js";

/** Meaning of a level, and the promises required for it. */
export interface LevelMeaning {
  readonly means: string;
  readonly needs: readonly Capability[];
}

/** Levels of reliability, from lowest to highest. Each level includes those before it. */
export const LEVELS = {
  protocol: {
    means: "meets the requirements of deepagents' types, tools and middleware",
    needs: ["directories"],
  },
  faithful: {
    means: "and returns exactly what was stored, in order, and refuses what it cannot store",
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
    means: "and loses no update of concurrent writers",
    needs: ["atomic"],
  },
  production: {
    means:
      "and isolates tenants, leaves no way around permission rules, and never reports an outage as absence",
    needs: ["ownRoot", "strictPaths", "outage"],
  },
} as const satisfies Readonly<Record<string, LevelMeaning>>;

/** Name of a level. */
export type Level = keyof typeof LEVELS;

/** All levels, from lowest to highest. */
export const levels = Object.keys(LEVELS) as Level[];

/** Returns the level that a promise belongs to; `protocol` if it is optional, such as `createOnly`. */
const levelOfPromise = (name: string): Level =>
  levels.find((level) => (LEVELS[level].needs as readonly string[]).includes(name)) ?? "protocol";

/** Returns the level at which a case counts: the highest of its needs. */
export function levelOf({ needs = [] }: Pick<Case, "needs">): Level {
  const indexes = [needs].flat().map((name) => levels.indexOf(levelOfPromise(name)));
  return levels[Math.max(0, ...indexes)]!;
}

/** Lists the levels up to and including one. */
export const levelsUpTo = (level: Level): readonly Level[] => levels.slice(0, levels.indexOf(level) + 1);
