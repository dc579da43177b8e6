import type { Case } from "./case.js";
import type { CaseResult } from "./case-result.js";
import { checkSuiteOptions, type SuiteOptions, selectCases } from "./options.js";
import type { ConformanceReport } from "./report.js";
import { tryCase, tryToMake } from "./run-case.js";
import { reportOf, type Suite } from "./suite.js";

/** What a run without a test runner takes on top. */
export interface RunHooks {
  /** Called once, before the first case, when the options have turned out right. */
  onStart?(cases: readonly Case[]): void;
  /** Called after each case. */
  onResult?(result: CaseResult): void;
  /** Once aborted it ends the run after the case under way; the report is about what ran until then. */
  readonly signal?: AbortSignal;
}

/**
 * Tries the cases of a suite one after the other, each on a subject of its own.
 * @throws Error when the options name what does not exist, no subject can be made, or no case was tried. Failed cases
 * are in the report.
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
