import type { ConformanceOptions, DeclaredCapabilities } from "@deepagents-remote/core/conformance";

/** Cases that are tried although nobody promises what they need. */
export interface Trial {
  /** What is promised for the trial's sake. */
  readonly capabilities: DeclaredCapabilities;
  /** Ids of the cases. */
  readonly only: readonly string[];
}

/** A backend that the suite is run on, and whose it is. */
export interface PeerSubject extends Pick<ConformanceOptions, "name" | "create" | "capabilities" | "skip"> {
  /** The npm package it comes from. */
  readonly package: string;
  /** The version that is installed. */
  readonly version: string;
  /** Whether it is one of this project's. */
  readonly ours?: true;
  /** What shows what a user may run into all the same; it counts for nothing. */
  readonly trial?: Trial;
  /** Lets go of what all cases share. */
  close?(): Promise<void>;
}
