import type { Capabilities, Capability } from "./capabilities.js";
import type { CaseContext } from "./context.js";

/**
 * Where a rule comes from: the types and backends of `deepagents`, what its `tools` and middleware do with an
 * answer, or `ours`, this project's reading where those leave it open.
 */
export type RuleSource = "deepagents" | "tools" | "ours";

/** One rule, and a function that tries it on a fresh backend. */
export interface ConformanceCase {
  /** Stable, `/`-separated from the method down to the point: `edit/replace-all/counts-non-overlapping`. */
  readonly id: string;
  /** One sentence: what must hold, and why. */
  readonly rule: string;
  readonly source: RuleSource;
  /** The case is tried only where all of these are promised. */
  readonly needs?: Capability | readonly Capability[];
  /** The case asserts what happens where this is not promised, and is tried only there. */
  readonly unless?: Capability;
  run(t: CaseContext): Promise<void>;
}

/** Why a case is not tried on a backend with these capabilities, or `undefined` when it is. */
export function whyNot(
  one: ConformanceCase,
  capabilities: Capabilities,
): { status: "not-promised" | "not-applicable"; reason: string } | undefined {
  const missing = [one.needs ?? []].flat().filter((name) => !capabilities[name]);
  if (missing.length > 0) return { status: "not-promised", reason: `${missing.join(", ")} not promised` };
  if (one.unless !== undefined && capabilities[one.unless]) {
    return { status: "not-applicable", reason: `${one.unless} is promised` };
  }
  return undefined;
}
