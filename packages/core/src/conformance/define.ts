import type { CaseResult } from "./case-result.js";
import { checkSuiteOptions, type SuiteOptions, selectCases } from "./options.js";
import { summary } from "./report.js";
import { DEFAULT_TIMEOUT_MS, tryCase } from "./run-case.js";
import { reportOf, type Suite } from "./suite.js";

/** The part of a test runner that is needed. */
export interface TestRunner {
  describe(name: string, define: () => void): void;
  /** @param run Gets a function that marks the test as skipped, where the runner can do so while it runs. */
  it(name: string, run: (skip?: (reason: string) => void) => Promise<void>, timeoutMs: number): void;
}

/** What a binding takes on top. */
export interface DefineHooks {
  /** Where the summary goes. Default: standard output. */
  print?(text: string): void;
}

// The case's own limit comes first, with the better message.
const GRACE_MS = 5_000;

/**
 * Registers one test a case, and a last one that prints what was not tried and why.
 * @throws Error when the options name what does not exist.
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

/** An error without a stack, which would point into this file and bury the reason. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}
