import type { ConformanceFailure } from "./assert.js";
import type { Case } from "./case.js";
import { causeOf } from "./families.js";

/** Sources of rules, in words. */
export const SOURCES = {
  deepagents: "deepagents' types and backends",
  tools: "what deepagents' tools and middleware do with the answer",
  ours: "the reading of @deepagents-remote",
} as const;

/**
 * Explains a failure to people: the rule, the expected and actual values, the calls made (those of the failure, or else
 * the last ones of the case), the source of the rule, and the usual cause of such a failure.
 */
export function explain(one: Case, failure: ConformanceFailure | Error, calls: readonly string[]): string {
  const lines: [string, string][] = [["rule", one.rule]];
  if ("expected" in failure) {
    lines.push(["tried", failure.what], ["expected", failure.expected], ["got", failure.got]);
  } else {
    // Caused by an answer of unexpected shape. A stack would point into this package.
    lines.push(["got", String(failure)]);
  }
  const shown = ("calls" in failure ? failure.calls : undefined) ?? calls;
  shown.forEach((call, i) => {
    lines.push([i === 0 ? "calls" : "", call]);
  });
  lines.push(["source", SOURCES[one.source]]);
  const cause = causeOf(one);
  if (cause !== undefined) lines.push(["usually", cause]);
  const indented = (text: string) => text.replaceAll("\n", `\n${" ".repeat(12)}`);
  return [one.id, ...lines.map(([label, text]) => `  ${label.padEnd(9)} ${indented(text)}`)].join("\n");
}
