/** Output stream for text. */
export interface Out {
  write(text: string): unknown;
  /** True for a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal, in characters. */
  readonly columns?: number;
}

/** Environment of a command. */
export interface Io {
  readonly stdout: Out;
  readonly stderr: Out;
  /** The working directory. */
  readonly cwd: string;
  /** Aborted by Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Reserves standard output for `stdout`: all other output to it is redirected to standard error from now on. */
  claimStdout(): void;
}

/** Ends a command that cannot be carried out as given. Reported to the user without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
