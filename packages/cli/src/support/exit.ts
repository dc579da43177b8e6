import { RemoteBackendError } from "@deepagents-remote/core";

/** Exit codes of the command. */
export const EXIT = {
  ok: 0,
  /** Differences, no match, problems found by `doctor`, or files of a larger job that failed. */
  negative: 1,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** No such file, directory or version. */
  missing: 3,
  /** The target exists, or was changed concurrently. */
  conflict: 4,
  /** The storage failed or refused. */
  storage: 5,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** Ends a command with a message for people and an exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: number;

  constructor(exit: keyof typeof EXIT, message: string) {
    super(message);
    this.exit = EXIT[exit];
  }
}

/** Returns the error of a backend's answer as an error with the right exit code. */
export function failure(message: string): CommandError {
  const text = message.replace(/^Error: /, "");
  return new CommandError(/^File '.*' not found$/s.test(text) ? "missing" : "storage", text);
}

/**
 * Returns the result of a backend, or throws its error.
 * @throws CommandError `missing` or `storage`.
 */
export function succeeded<T extends { error?: string | undefined }>(result: T): T {
  if (result.error !== undefined) throw failure(result.error);
  return result;
}

/** Describes any error for people, with the advice for operators if there is one. */
export function explain(error: unknown): { readonly message: string; readonly exit: number } {
  if (error instanceof CommandError) return error;
  if (RemoteBackendError.is(error)) {
    const exit = error.code === "invalid-options" ? EXIT.usage : EXIT.storage;
    return { message: error.hint ? `${error.message}\n${error.hint}` : error.message, exit };
  }
  return { message: error instanceof Error ? error.message : String(error), exit: EXIT.storage };
}
