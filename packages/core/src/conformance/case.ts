import type { Capability } from "./capabilities.js";
import type { CaseContext } from "./context.js";
import type { Promises } from "./promises.js";

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

/** Why a case is not tried. */
export interface Untried {
  readonly status: "not-promised" | "not-applicable" | "unavailable";
  readonly reason: string;
  /** The promises that are missing. */
  readonly missing?: readonly string[];
}

/** Thrown in a case to say that it cannot be tried after all. */
export class NotTried extends Error {
  override readonly name = "NotTried";
  readonly untried: Untried;

  constructor(untried: Untried) {
    super(untried.reason);
    this.untried = untried;
  }
}

const notPromised = (missing: readonly string[]): Untried => ({
  status: "not-promised",
  reason: `${missing.join(", ")} not promised`,
  missing,
});

/** Why a case is not tried where these promises are made, or `undefined` when it is. */
export function whyNot(one: Pick<Case, "needs" | "unless">, promises: Promises<string>): Untried | undefined {
  const missing = [one.needs ?? []].flat().filter((name) => promises[name] === false);
  if (missing.length > 0) return notPromised(missing);
  if (one.unless !== undefined && promises[one.unless] !== false) {
    return { status: "not-applicable", reason: `${one.unless} is promised` };
  }
  return undefined;
}

/** Ends a case that turns out to need a promise that is not made. */
export function notPromisedAfterAll(name: string): NotTried {
  return new NotTried(notPromised([name]));
}
