import { type ConformanceOptions, selectCases } from "./options.js";
import { type CaseResult, type ConformanceReport, report } from "./report.js";
import { runCase } from "./run-case.js";

/** What `runConformance` takes on top. */
export interface RunOptions extends ConformanceOptions {
  /** Called after each case. */
  onResult?(result: CaseResult): void;
}

/**
 * Tries the cases one after the other, each on a backend of its own.
 * @throws Error when the options name what does not exist, or no case was tried. Failed cases are in the report.
 */
export async function runConformance(options: RunOptions): Promise<ConformanceReport> {
  const results: CaseResult[] = [];
  for (const one of selectCases(options)) {
    const result = await runCase(one, options);
    results.push(result);
    options.onResult?.(result);
  }
  return report(options.name, results);
}
