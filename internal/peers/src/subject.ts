import type { ConformanceOptions, DeclaredCapabilities } from "@deepagents-remote/core/conformance";

/** Cases to run although the backend does not promise what they need. */
interface Trial {
  /** Capabilities to assume for the trial. */
  readonly capabilities: DeclaredCapabilities;
  /** Ids of the cases. */
  readonly only: readonly string[];
}

/** Backend under test and its origin. */
export interface PeerSubject extends Pick<ConformanceOptions, "name" | "create" | "capabilities" | "skip"> {
  /** npm package that contains it. */
  readonly package: string;
  /** Installed version. */
  readonly version: string;
  /** True for a backend of this project. */
  readonly ours?: true;
  /** Trial of further cases, which show problems that users may encounter but do not count. */
  readonly trial?: Trial;
  /** Releases resources that all cases share. */
  close?(): Promise<void>;
}
