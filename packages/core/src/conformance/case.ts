import type { Capability } from "./capabilities.js";
import type { CaseContext } from "./context.js";

/**
 * Source of a rule: `deepagents` (its types and backends), `tools` (how its tools and middleware use an answer), or
 * `ours` (this project's interpretation where those leave it open).
 */
export type RuleSource = "deepagents" | "tools" | "ours";

/** Rule, with a function that tests it on a fresh subject. */
export interface Case<Context = never> {
  /** Stable id, `/`-separated from the method down to the point: `edit/replace-all/counts-non-overlapping`. */
  readonly id: string;
  /** One sentence: the requirement, and its reason. */
  readonly rule: string;
  readonly source: RuleSource;
  /** Usual cause of a failure. Default: the cause of its topic. */
  readonly cause?: string;
  /** Edition of the suite that introduced the case. Default: the first. */
  readonly since?: string;
  /** The case is run only if all of these are promised. */
  readonly needs?: string | readonly string[];
  /** The case asserts the behavior without these promises, and is run only if none of them is made. */
  readonly unless?: string | readonly string[];
  /** Tries the rule. Rejects if it does not hold. */
  run(t: Context): Promise<void>;
}

/** Rule about backends. */
export interface ConformanceCase extends Case<CaseContext> {
  readonly needs?: Capability | readonly Capability[];
  readonly unless?: Capability | readonly Capability[];
}
