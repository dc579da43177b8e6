import type { Case } from "./case.js";

/** What became of a case. */
export type CaseStatus =
  | "passed"
  | "failed"
  /** Failed, and came with a later edition of the suite than the one in the options. */
  | "warning"
  /** Failed, as the options say it does. */
  | "known-failure"
  /** The subject lacks a capability that the case needs. */
  | "not-promised"
  /** The subject has a capability whose absence the case is about. */
  | "not-applicable"
  /** The case needs a package that is not installed. */
  | "unavailable"
  /** Left out by the options. */
  | "skipped";

/** What became of one case. */
export interface CaseResult {
  readonly case: Case;
  readonly status: CaseStatus;
  /** Why it failed, for people, over several lines; or why it was not tried. */
  readonly reason?: string;
  /** The promises that are missing, where that is why it was not tried. */
  readonly missing?: readonly string[];
  /** How long it took, in milliseconds. */
  readonly ms?: number;
}
