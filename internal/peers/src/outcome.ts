import type { Capability, CaseStatus, Level } from "@deepagents-remote/core/conformance";

/** Request to a process that runs the suite on one backend. */
export interface SubjectRun {
  /** The backend's short name. */
  readonly subject: string;
  /** Ids of the cases to try. Default: all, and those of the trial. */
  readonly cases?: readonly string[];
  /** Share of the full number of racing writers and edits. Default 1. */
  readonly scale?: number;
}

/** Result of one case. */
export interface CaseOutcome {
  readonly status: CaseStatus;
  /** Reason for a failure or skip. May contain paths and names of the run. */
  readonly reason?: string;
}

/** Result of the suite on one backend. */
export interface SubjectOutcome {
  /** Level that was reached; `null` if there is none, or if only some cases were run. */
  readonly level: Level | null;
  /** Capabilities that cases need and the backend does not promise. */
  readonly missing: readonly Capability[];
  readonly cases: Readonly<Record<string, CaseOutcome>>;
  /** Results of the cases of the subject's trial. */
  readonly trial: Readonly<Record<string, CaseOutcome>>;
}
