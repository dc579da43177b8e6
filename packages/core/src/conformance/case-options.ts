/** Extent of the random sequences of operations. */
export interface ModelOptions {
  /** Number of sequences per case. Default 20; a few thousand take a night. */
  readonly runs?: number;
  /** Maximum number of operations per sequence. Default 25. */
  readonly steps?: number;
  /**
   * Seed of the sequences; a failure reports its seed, so that it can be repeated. Default: the same number in each
   * run.
   */
  readonly seed?: number;
  /** Used with `seed`: repeats only the sequence whose path a failure reports. */
  readonly path?: string;
}

/** Options that cases read. */
export interface CaseOptions {
  /** Time limit of a case, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Fraction of the full number of concurrent writers and edits, for slow services. Default 1. */
  readonly scale?: number;
  /**
   * Module that other processes can import and that exports `create`, as for the command line: a path or a `file:` URL.
   * Required for the races between processes.
   */
  readonly module?: string | URL;
  /** Extent of the random sequences of operations. */
  readonly model?: ModelOptions;
}
