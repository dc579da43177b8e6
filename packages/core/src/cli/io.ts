/** A stream that text goes to. */
export interface Out {
  write(text: string): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** The width of the terminal, in characters. */
  readonly columns?: number;
}

/** What a command has to do with the world. */
export interface Io {
  readonly stdout: Out;
  readonly stderr: Out;
  /** The working directory. */
  readonly cwd: string;
  /** Aborted by Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Keeps standard output for `stdout`: whatever else writes there, writes to standard error from now on. */
  claimStdout(): void;
}

/** Ends a command that cannot be done as it was given; told to the user without a stack. */
export class UsageError extends Error {
  override readonly name = "WrongUse";
}
