import type { Capability, CaseStatus, Level } from "@deepagents-remote/core/conformance";

/** What is asked of a process that runs the suite on one backend. */
export interface SubjectRun {
  /** The backend's short name. */
  readonly subject: string;
  /** Ids of the cases to try. Default: all, and those of the trial. */
  readonly cases?: readonly string[];
  /** Share of the full number of racing writers and edits. Default 1. */
  readonly scale?: number;
}

/** What became of one case. */
export interface CaseOutcome {
  readonly status: CaseStatus;
  /** Why it failed, or was not tried. It may hold paths and names of the run. */
  readonly reason?: string;
}

/** What became of the suite on one backend. */
export interface SubjectOutcome {
  /** The level reached; `null` where there is none, or only some cases were tried. */
  readonly level: Level | null;
  /** What of the promises that cases need is not made. */
  readonly missing: readonly Capability[];
  readonly cases: Readonly<Record<string, CaseOutcome>>;
  /** The same for the cases of the subject's trial. */
  readonly trial: Readonly<Record<string, CaseOutcome>>;
}
