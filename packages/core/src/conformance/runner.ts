import type { Case } from "./case.js";
import type { CaseResult } from "./case-result.js";
import { checkSuiteOptions, type SuiteOptions, selectCases } from "./options.js";
import type { ConformanceReport } from "./report.js";
import { tryCase, tryToMake } from "./run-case.js";
import { reportOf, type Suite } from "./suite.js";

/** Hooks of a run without a test runner. */
export interface RunHooks {
  /** Called once before the first case, after the options have been checked. */
  onStart?(cases: readonly Case[]): void;
  /** Called after each case. */
  onResult?(result: CaseResult): void;
  /** When aborted, the run ends after the current case; the report covers the cases run until then. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the cases of a suite one after the other, each on a subject of its own.
 * @throws Error if the options contain unknown names, no subject can be created, or no case was run. Failed cases are
 *   in the report.
 */
export async function runSuite<Options extends SuiteOptions>(
  suite: Suite<Options>,
  options: Options & RunHooks,
): Promise<ConformanceReport> {
  const cases = options.cases ?? suite.cases;
  checkSuiteOptions(options, cases, suite.capabilities);
  const selected = selectCases(cases, options.only);
  await tryToMake(suite, options);
  options.onStart?.(selected);
  const results: CaseResult[] = [];
  for (const one of selected) {
    if (options.signal?.aborted) break;
    const result = await tryCase(suite, one, options);
    results.push(result);
    options.onResult?.(result);
  }
  return reportOf(suite, options, results);
}
