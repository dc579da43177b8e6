import type { CaseStatus, Level } from "@deepagents-remote/core/conformance";

/** Result of a case in one run, or in two runs that disagree. */
export type Status = CaseStatus | "at-times";

/** One backend in the comparison. */
export interface BackendData {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** Number of runs of the suite. */
  readonly runs: number;
  /** The level reached in every run. */
  readonly level: Level | null;
  /** True for promised capabilities, by name. */
  readonly promises: Readonly<Record<string, boolean>>;
  /** Results of cases whose needs were promised for a trial. */
  readonly trial: Readonly<Record<string, Status>>;
}

/** Content of `docs/conformance/backends.json`. */
export interface Comparison {
  /** Date, such as 2026-01-31. */
  readonly date: string;
  readonly edition: string;
  readonly platform: string;
  /** Versions of Node, servers and packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Backends by short name. */
  readonly backends: Readonly<Record<string, BackendData>>;
  /** Results by case id and short name of the backend. A backend that is not listed passed the case. */
  readonly cases: Readonly<Record<string, Readonly<Record<string, Status>>>>;
}
