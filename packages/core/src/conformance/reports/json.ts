import { VERSION } from "../../support/version.js";
import type { LevelResult } from "../assess-level.js";
import type { CaseStatus } from "../case-result.js";
import { EDITION } from "../editions.js";
import { type Level, levelOf } from "../levels.js";
import { COUNTED, type ConformanceReport } from "../report.js";

/** Output of {@link toJson}. New versions may add properties, but never delete any. */
export interface JsonReport {
  readonly suite: { readonly package: string; readonly version: string; readonly edition: string };
  /** Name of the subject. */
  readonly name: string;
  /** Level reached; `null` if only a part of the suite was run. */
  readonly levelResult: LevelResult | null;
  readonly counts: Readonly<Record<(typeof COUNTED)[number][0] | "notApplicable", number>>;
  /** All cases, in the order of the suite. */
  readonly cases: readonly JsonCase[];
}

/** Result of a case. */
export interface JsonCase {
  readonly id: string;
  readonly rule: string;
  readonly level: Level;
  readonly source: string;
  readonly status: CaseStatus;
  /** Reason of the failure, over several lines, or the reason why the case was not run. */
  readonly reason?: string;
  /** Duration in milliseconds; absent if the case was not run. */
  readonly ms?: number;
}

/** Formats a report as JSON, see {@link JsonReport}. */
export const toJson = (report: ConformanceReport): string => JSON.stringify(jsonReport(report), null, 2);

function jsonReport(report: ConformanceReport): JsonReport {
  const keys = [...COUNTED.map(([key]) => key), "notApplicable"] as const;
  return {
    suite: { package: "@deepagents-remote/core", version: VERSION, edition: EDITION },
    name: report.name,
    levelResult: report.levelResult ?? null,
    counts: Object.fromEntries(keys.map((key) => [key, report[key].length])) as JsonReport["counts"],
    cases: report.results.map(({ case: one, status, reason, ms }) => ({
      id: one.id,
      rule: one.rule,
      level: levelOf(one),
      source: one.source,
      status,
      ...(reason !== undefined && { reason }),
      ...(ms !== undefined && { ms: Math.round(ms * 10) / 10 }),
    })),
  };
}
