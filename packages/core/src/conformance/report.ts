import type { ConformanceFailure } from "./assert.js";
import type { ConformanceCase } from "./case.js";

/** What became of one case. */
export interface CaseResult {
  readonly case: ConformanceCase;
  /**
   * `not-promised`: the backend lacks a capability that the case needs. `not-applicable`: it has one whose absence
   * the case is about. `skipped`: left out by the options.
   */
  readonly status: "passed" | "failed" | "not-promised" | "not-applicable" | "skipped";
  /** Why it failed, for people, over several lines; or why it was not tried. */
  readonly reason?: string;
}

/** What became of all cases. */
export interface ConformanceReport {
  readonly name: string;
  readonly passed: readonly CaseResult[];
  readonly failed: readonly CaseResult[];
  readonly notPromised: readonly CaseResult[];
  readonly notApplicable: readonly CaseResult[];
  readonly skipped: readonly CaseResult[];
}

/**
 * Sorts results by what became of them.
 * @throws Error when no case was tried: a suite that tries nothing proves nothing.
 */
export function report(name: string, results: readonly CaseResult[]): ConformanceReport {
  const of = (status: CaseResult["status"]) => results.filter((result) => result.status === status);
  const whole: ConformanceReport = {
    name,
    passed: of("passed"),
    failed: of("failed"),
    notPromised: of("not-promised"),
    notApplicable: of("not-applicable"),
    skipped: of("skipped"),
  };
  if (whole.passed.length + whole.failed.length === 0)
    throw new Error(`No conformance case was tried on ${name}.`);
  return whole;
}

/** The counts in one line, and below it a line for each reason why cases were not tried. */
export function summary(whole: ConformanceReport): string {
  const counts = [
    `${whole.passed.length} passed`,
    `${whole.failed.length} failed`,
    `${whole.notPromised.length} not promised`,
    `${whole.skipped.length} skipped`,
  ];
  const reasons = new Map<string, string[]>();
  for (const { case: one, reason = "" } of [...whole.notPromised, ...whole.skipped]) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), one.id]);
  }
  const lines = [...reasons].map(([reason, ids]) => `  ${reason}: ${ids.join(", ")}`);
  return [`${whole.name}: ${counts.join(", ")}`, ...lines].join("\n");
}

/** A failure for people: the rule, what was expected and came, the calls made, and where the rule is from. */
export function explain(
  one: ConformanceCase,
  failure: ConformanceFailure | Error,
  calls: readonly string[],
): string {
  const lines = [`${one.id}`, `  rule      ${one.rule}`];
  if ("expected" in failure) {
    lines.push(
      `  tried     ${failure.what}`,
      `  expected  ${failure.expected}`,
      `  got       ${failure.got}`,
    );
  } else {
    lines.push(`  got       ${failure.stack ?? failure}`);
  }
  calls.forEach((call, i) => {
    lines.push(`  ${i === 0 ? "calls     " : "          "}${call}`);
  });
  lines.push(`  source    ${SOURCES[one.source]}`);
  return lines.join("\n");
}

const SOURCES = {
  deepagents: "deepagents' types and backends",
  tools: "what deepagents' tools and middleware do with the answer",
  ours: "the reading of @deepagents-remote",
} as const;
