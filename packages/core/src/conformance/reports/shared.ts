import type { CaseResult } from "../case-result.js";
import { groupBy } from "../group-by.js";
import { levelOf } from "../levels.js";
import type { ConformanceReport } from "../report.js";

/** Results of one family, in the order of the suite. */
export interface FamilyResults {
  readonly name: string;
  readonly results: readonly CaseResult[];
}

/** Groups the results by family, in the order of the suite. */
export function families({ results }: ConformanceReport): readonly FamilyResults[] {
  const byName = groupBy(results, (result) => result.case.id.split("/")[0]!);
  return [...byName].map(([name, own]) => ({ name, results: own }));
}

/** Describes the outcome of a case in a few words. */
function outcome({ status, reason }: CaseResult): string {
  if (status === "passed" || status === "failed" || status === "warning") return status;
  if (status === "known-failure") return `known to fail: ${reason}`;
  return `${status === "skipped" ? "skipped" : "not tried"}: ${reason}`;
}

/** Returns the cells of a case's table row; only the rule contains code. */
export const cells = (result: CaseResult): readonly string[] => [
  result.case.id,
  result.case.rule,
  levelOf(result.case),
  result.case.source,
  outcome(result),
];

/** Column names of {@link cells}. */
export const COLUMNS = ["case", "rule", "level", "source", "outcome"] as const;

/** Splits a text at single backticks: odd parts are code, even ones are not. */
export const codeSpans = (text: string): readonly string[] => text.split(/`([^`]+)`/);

/** Replaces characters that terminals, parsers or XML reject: control characters other than newlines become visible. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Returns printable text on one line. */
export const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, " "));
