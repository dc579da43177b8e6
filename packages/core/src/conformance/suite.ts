import type { MaybePromise } from "../protocol/protocol.js";
import type { LevelResult } from "./assess-level.js";
import type { Case } from "./case.js";
import type { CaseResult } from "./case-result.js";
import type { SuiteOptions } from "./options.js";
import type { Promises } from "./promises.js";
import { type ConformanceReport, report } from "./report.js";
import type { CallLog } from "./subject.js";

/** Setting in which a case is prepared, whatever its subject. */
export interface Setting {
  /** Unique to the case. */
  readonly name: string;
  readonly log: CallLog;
  /** Aborted when the case has run out of time. */
  readonly signal: AbortSignal;
  /** Registers a cleanup. Cleanups run last-in-first-out, also after a failure. */
  atEnd(work: () => MaybePromise<void>): void;
}

/** Subject created for one case: its promises, and the context of the case. */
export interface Prepared {
  readonly promises: Promises<string>;
  readonly context: unknown;
}

/** Rules about one kind of subject, and how to prepare a case for them. */
export interface Suite<Options extends SuiteOptions> {
  readonly cases: readonly Case[];
  /** Possible promises, each with its meaning. */
  readonly capabilities: Readonly<Record<string, string>>;
  /** Assesses the results of all cases. */
  assessLevel?(results: readonly CaseResult[]): LevelResult;
  prepare(options: Options, setting: Setting): Promise<Prepared>;
}

/**
 * Groups the results of a run.
 * @throws Error if no case was run.
 */
export function reportOf<Options extends SuiteOptions>(
  suite: Suite<Options>,
  { name, cases }: SuiteOptions,
  results: readonly CaseResult[],
): ConformanceReport {
  const isWhole = cases === undefined && results.length === suite.cases.length;
  return report(name, results, isWhole ? suite.assessLevel?.(results) : undefined);
}
