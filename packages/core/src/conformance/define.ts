import { type ConformanceOptions, selectCases } from "./options.js";
import { type CaseResult, report, summary } from "./report.js";
import { runCase } from "./run-case.js";

/** The part of a test runner that is needed. */
export interface TestRunner {
  describe(name: string, define: () => void): void;
  it(name: string, run: () => Promise<void>, timeoutMs: number): void;
}

/** What a binding takes on top. */
export interface DefineOptions extends ConformanceOptions {
  /** Where the summary goes. Default: standard output. */
  print?(text: string): void;
}

// The case's own limit comes first, with the better message.
const GRACE_MS = 5_000;

/**
 * Registers one test a case, and a last one that prints what was not tried and why.
 * @throws Error when the options name what does not exist.
 */
export function defineWith(runner: TestRunner, options: DefineOptions): void {
  const cases = selectCases(options);
  const timeoutMs = (options.timeoutMs ?? 30_000) + GRACE_MS;
  const print = options.print ?? ((text) => process.stdout.write(`${text}\n`));
  const results: CaseResult[] = [];
  runner.describe(`${options.name} conforms`, () => {
    for (const one of cases) {
      runner.it(
        one.id,
        async () => {
          const result = await runCase(one, options);
          results.push(result);
          if (result.status === "failed") throw plainError(result.reason ?? one.id);
        },
        timeoutMs,
      );
    }
    runner.it(
      "says what was not tried",
      async () => print(summary(report(options.name, results))),
      timeoutMs,
    );
  });
}

/** An error without a stack, which would point into this file and bury the reason. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}
