/** How long random sequences of operations are tried. */
export interface ModelOptions {
  /** Sequences a case. Default 20; some thousands make a night. */
  readonly runs?: number;
  /** Operations a sequence, at most. Default 25. */
  readonly steps?: number;
  /** Repeats the sequences of an earlier run, whose failure names its seed. Default: the same number in each run. */
  readonly seed?: number;
  /** Together with `seed`: repeats nothing but the one sequence that a failure names by its path. */
  readonly path?: string;
}

/** Options that a case reads. */
export interface CaseOptions {
  /** Limit of one case in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Share of the full number of racing writers and edits, for slow services. Default 1. */
  readonly scale?: number;
  /**
   * A module that other processes can import and that exports `create`, as the command line takes it: a path, or a
   * `file:` URL. With it the races of several processes are tried.
   */
  readonly module?: string | URL;
  /** How long random sequences of operations are tried. */
  readonly model?: ModelOptions;
}
