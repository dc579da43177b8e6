import type { Capability, CaseStatus, Level } from "@deepagents-remote/core/conformance";

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
