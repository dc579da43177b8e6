import type { CaseStatus, Level } from "@deepagents-remote/core/conformance";

/** What became of a case in one run, or in two that disagree. */
export type Status = CaseStatus | "at-times";

/** One backend in the comparison. */
export interface BackendData {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** How often the suite was run on it. */
  readonly runs: number;
  /** The level reached in every run. */
  readonly level: Level | null;
  /** Every capability, and whether it was promised. */
  readonly promises: Readonly<Record<string, boolean>>;
  /** Cases whose needs were promised for a trial, and what became of them. */
  readonly trial: Readonly<Record<string, Status>>;
}

/** What `docs/conformance/backends.json` holds. */
export interface Comparison {
  /** The day, as 2026-01-31. */
  readonly date: string;
  readonly edition: string;
  readonly platform: string;
  /** What ran, by name: Node, servers, packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** By short name. */
  readonly backends: Readonly<Record<string, BackendData>>;
  /** By id: what became of the case, by short name of the backend. A backend that is not named has passed it. */
  readonly cases: Readonly<Record<string, Readonly<Record<string, Status>>>>;
}
