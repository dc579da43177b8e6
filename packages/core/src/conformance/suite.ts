import type { MaybePromise } from "../protocol/protocol.js";
import type { LevelResult } from "./assess-level.js";
import type { Case } from "./case.js";
import type { CaseResult } from "./case-result.js";
import type { SuiteOptions } from "./options.js";
import type { Promises } from "./promises.js";
import { type ConformanceReport, report } from "./report.js";
import type { CallLog } from "./subject.js";

/** What a case is made ready with, whatever it is about. */
export interface Setting {
  /** Unique to the case. */
  readonly name: string;
  readonly log: CallLog;
  /** Aborted when the case has run out of time. */
  readonly signal: AbortSignal;
  /** Has something done when the case is over, whatever became of it; the last first. */
  atEnd(work: () => MaybePromise<void>): void;
}

/** A subject made for one case: what it promises, and what the case gets to work with. */
export interface Prepared {
  readonly promises: Promises<string>;
  readonly context: unknown;
}

/** Rules about one kind of subject, and how a case gets at it. */
export interface Suite<Options extends SuiteOptions> {
  readonly cases: readonly Case[];
  /** What can be promised, each with its meaning. */
  readonly capabilities: Readonly<Record<string, string>>;
  /** What the results of all its cases come to. */
  assessLevel?(results: readonly CaseResult[]): LevelResult;
  prepare(options: Options, setting: Setting): Promise<Prepared>;
}

/**
 * Sorts the results of a run.
 * @throws Error when no case was tried.
 */
export function reportOf<Options extends SuiteOptions>(
  suite: Suite<Options>,
  { name, cases }: SuiteOptions,
  results: readonly CaseResult[],
): ConformanceReport {
  const isWhole = cases === undefined && results.length === suite.cases.length;
  return report(name, results, isWhole ? suite.assessLevel?.(results) : undefined);
}
