import type { Case } from "./case.js";

/** Outcome of a case. */
export type CaseStatus =
  | "passed"
  | "failed"
  /** Failed, but the case was added by a later edition of the suite than the one in the options. */
  | "warning"
  /** Failed, as declared in the options. */
  | "known-failure"
  /** Not run: the subject lacks a capability that the case needs. */
  | "not-promised"
  /** Not run: the subject has a capability whose absence the case is about. */
  | "not-applicable"
  /** Not run: the case needs a package that is not installed. */
  | "unavailable"
  /** Not run: excluded by the options. */
  | "skipped";

/** Result of a case. */
export interface CaseResult {
  readonly case: Case;
  readonly status: CaseStatus;
  /** Reason of the failure, for people, over several lines; or the reason why the case was not run. */
  readonly reason?: string;
  /** Missing promises, if that is why the case was not run. */
  readonly missing?: readonly string[];
  /** Duration in milliseconds. */
  readonly ms?: number;
}
