import type { CaseResult } from "../case-result.js";
import { type ConformanceReport, summary } from "../report.js";
import { oneLine, printable } from "./shared.js";

/**
 * Formats a report as TAP 14: cases that were not run are SKIP, known failures and warnings are TODO.
 * @see https://testanything.org/tap-version-14-specification.html
 */
export const toTap = (report: ConformanceReport): string =>
  [
    ...tapHead(report.results.length),
    ...report.results.flatMap((result, i) => tapPoint(result, i + 1)),
    ...tapComments(summary(report)),
  ].join("\n");

/** Returns the lines before the first test point. */
export const tapHead = (total: number): readonly string[] => ["TAP version 14", `1..${total}`];

/** Returns the lines of one test point. */
export function tapPoint(result: CaseResult, number: number): readonly string[] {
  const { case: one, status, reason = "" } = result;
  const ok = !FAILURES.has(status);
  const line = `${ok ? "ok" : "not ok"} ${number} - ${escaped(one.id)}${directive(result)}`;
  return status === "failed" || status === "warning" ? [line, ...diagnostics(one.rule, reason)] : [line];
}

/** Formats text for people, which parsers ignore. */
export const tapComments = (text: string): readonly string[] =>
  printable(text)
    .split("\n")
    .map((line) => `# ${line}`);

const FAILURES: ReadonlySet<string> = new Set(["failed", "warning", "known-failure"]);

function directive({ status, reason = "" }: CaseResult): string {
  if (status === "passed" || status === "failed") return "";
  if (status === "warning") return " # TODO newer than the edition asked for";
  return ` # ${status === "known-failure" ? "TODO" : "SKIP"} ${escaped(reason)}`;
}

const escaped = (text: string): string => oneLine(text).replace(/[\\#]/g, "\\$&");

/** Returns the YAML diagnostics: the rule as a quoted scalar (a JSON string is one), the failure as a literal block. */
const diagnostics = (rule: string, failure: string): readonly string[] =>
  [
    "---",
    `rule: ${JSON.stringify(rule)}`,
    "failure: |2-",
    ...printable(failure)
      .split("\n")
      .map((line) => `  ${line}`),
    "...",
  ].map((line) => `  ${line}`);
