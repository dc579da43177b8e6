import { formatLevelResult, type LevelResult } from "./assess-level.js";
import type { CaseResult, CaseStatus } from "./case-result.js";
import { groupBy } from "./group-by.js";

/** Results of a run. */
export interface ConformanceReport {
  readonly name: string;
  /** Results of all cases, in the order of the suite. */
  readonly results: readonly CaseResult[];
  readonly passed: readonly CaseResult[];
  readonly failed: readonly CaseResult[];
  readonly warnings: readonly CaseResult[];
  readonly knownFailures: readonly CaseResult[];
  readonly notPromised: readonly CaseResult[];
  readonly notApplicable: readonly CaseResult[];
  readonly unavailable: readonly CaseResult[];
  readonly skipped: readonly CaseResult[];
  /** Level that a backend has reached. Absent if only a part of the suite was run. */
  readonly levelResult?: LevelResult;
}

/**
 * Groups results by outcome.
 * @throws Error if no case was run: a suite that runs nothing proves nothing.
 */
export function report(
  name: string,
  results: readonly CaseResult[],
  levelResult?: LevelResult,
): ConformanceReport {
  const of = (status: CaseStatus) => results.filter((result) => result.status === status);
  const whole: ConformanceReport = {
    name,
    results,
    passed: of("passed"),
    failed: of("failed"),
    warnings: of("warning"),
    knownFailures: of("known-failure"),
    notPromised: of("not-promised"),
    notApplicable: of("not-applicable"),
    unavailable: of("unavailable"),
    skipped: of("skipped"),
    ...(levelResult && { levelResult }),
  };
  const tried = [whole.passed, whole.failed, whole.warnings, whole.knownFailures];
  if (tried.every((some) => some.length === 0)) {
    const reasons = [...new Set(results.map(({ reason }) => reason))].join("; ");
    throw new Error(`No conformance case was tried on ${name}${reasons && `: ${reasons}`}.`);
  }
  return whole;
}

/** Counted outcomes, with their labels. */
export const COUNTED = [
  ["passed", "passed"],
  ["failed", "failed"],
  ["warnings", "warnings"],
  ["knownFailures", "known to fail"],
  ["notPromised", "not promised"],
  ["unavailable", "unavailable"],
  ["skipped", "skipped"],
] as const satisfies readonly (readonly [keyof ConformanceReport, string])[];

/** Formats the counts in one line; passed and failed always, the rest if not zero. */
export function counts(whole: ConformanceReport): string {
  return COUNTED.filter(([key], i) => i < 2 || whole[key].length > 0)
    .map(([key, words]) => `${whole[key].length} ${words}`)
    .join(", ");
}

/** Formats the counts in one line, followed by a line for each reason why cases were not run or do not count. */
export function summary(whole: ConformanceReport): string {
  const uncounted = [...whole.knownFailures, ...whole.notPromised, ...whole.unavailable, ...whole.skipped];
  const lines = [...groupBy(uncounted, ({ reason = "" }) => reason)].map(
    ([reason, results]) => `  ${reason}: ${byFamily(results.map(({ case: one }) => one.id))}`,
  );
  const warnings = whole.warnings.map(({ reason = "" }) => `  newer than the edition asked for: ${reason}`);
  const level = whole.levelResult ? [`  ${formatLevelResult(whole.levelResult)}`] : [];
  return [`${whole.name}: ${counts(whole)}`, ...level, ...lines, ...warnings].join("\n");
}

/** Lists ids by family: a few are named, many are counted. */
function byFamily(ids: readonly string[]): string {
  return [...groupBy(ids, (id) => id.slice(0, id.indexOf("/") + 1))]
    .flatMap(([family, own]) => (own.length > NAMED ? [`${own.length} of ${family}`] : own))
    .join(", ");
}

const NAMED = 3;
