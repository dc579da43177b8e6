import type { Capability } from "./capabilities.js";
import type { CaseContext } from "./context.js";

/**
 * Where a rule comes from: the types and backends of `deepagents`, what its `tools` and middleware do with an
 * answer, or `ours`, this project's reading where those leave it open.
 */
export type RuleSource = "deepagents" | "tools" | "ours";

/** One rule, and a function that tries it on a fresh subject. */
export interface Case<Context = never> {
  /** Stable, `/`-separated from the method down to the point: `edit/replace-all/counts-non-overlapping`. */
  readonly id: string;
  /** One sentence: what must hold, and why. */
  readonly rule: string;
  readonly source: RuleSource;
  /** What usually causes a failure. Default: the cause of its topic. */
  readonly cause?: string;
  /** The edition of the suite that brought it. Default: the first. */
  readonly since?: string;
  /** The case is tried only where all of these are promised. */
  readonly needs?: string | readonly string[];
  /** The case asserts what happens where this is not promised, and is tried only there. */
  readonly unless?: string;
  run(t: Context): Promise<void>;
}

/** A rule about backends. */
export interface ConformanceCase extends Case<CaseContext> {
  readonly needs?: Capability | readonly Capability[];
  readonly unless?: Capability;
}
