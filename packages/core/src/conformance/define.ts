import type { CaseResult } from "./case-result.js";
import { checkSuiteOptions, type SuiteOptions, selectCases } from "./options.js";
import { summary } from "./report.js";
import { DEFAULT_TIMEOUT_MS, tryCase } from "./run-case.js";
import { reportOf, type Suite } from "./suite.js";

/** Required functions of a test runner. */
export interface TestRunner {
  /** Groups tests under a name. */
  describe(name: string, define: () => void): void;
  /**
   * Defines a test.
   * @param run Receives a function that marks the test as skipped, if the runner can do so at run time.
   */
  it(name: string, run: (skip?: (reason: string) => void) => Promise<void>, timeoutMs: number): void;
}

/** Additional options of a test-runner binding. */
export interface DefineHooks {
  /** Prints the summary. Default: to standard output. */
  print?(text: string): void;
}

// Grace period, so that the case's own time limit fires first, with the better message.
const GRACE_MS = 5_000;

/**
 * Registers one test per case, and a last one that prints which cases were not run and why.
 * @throws Error if the options contain unknown names.
 */
export function defineSuite<Options extends SuiteOptions>(
  suite: Suite<Options>,
  runner: TestRunner,
  options: Options & DefineHooks,
): void {
  const all = options.cases ?? suite.cases;
  checkSuiteOptions(options, all, suite.capabilities);
  const cases = selectCases(all, options.only);
  const timeoutMs = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) + GRACE_MS;
  const print = options.print ?? ((text) => process.stdout.write(`${text}\n`));
  const results: CaseResult[] = [];
  runner.describe(`${options.name} conforms`, () => {
    for (const one of cases) {
      const test = async (skip?: (reason: string) => void) => {
        const result = await tryCase(suite, one, options);
        results.push(result);
        if (result.status === "failed") throw plainError(result.reason ?? one.id);
        if (UNTRIED.has(result.status)) skip?.(result.reason ?? result.status);
      };
      runner.it(one.id, test, timeoutMs);
    }
    runner.it(
      "says what was not tried",
      async () => print(summary(reportOf(suite, options, results))),
      timeoutMs,
    );
  });
}

const UNTRIED: ReadonlySet<string> = new Set(["not-promised", "not-applicable", "unavailable", "skipped"]);

/** Creates an error without a stack, which would point into this file and hide the reason. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}
