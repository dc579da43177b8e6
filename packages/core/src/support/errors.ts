const BRAND = Symbol.for("@deepagents-remote/error");

/** Codes of errors after which a retry may succeed, unless the error itself says otherwise. */
const TRANSIENT: ReadonlySet<string> = new Set(["unavailable", "unknown-outcome"]);

/**
 * Error codes, for programs:
 *
 * - `invalid-options`: a constructor or method received options that it does not accept.
 * - `unavailable`: the service could not be reached or did not answer; nothing was changed.
 * - `timeout`: the time limit was reached; nothing was changed.
 * - `unknown-outcome`: a change was sent and its answer was lost; it may or may not have happened.
 * - `permission-denied`: the service denied access.
 * - `invalid-path`: the service cannot hold a file of that name.
 * - `too-large`: the service cannot hold a file of that size.
 * - `corrupt`: the stored data cannot be decoded.
 * - `misconfigured`: the service or its schema cannot be used as it is.
 * - `closed`: the backend was closed.
 */
export type ErrorCode =
  | "invalid-options"
  | "unavailable"
  | "timeout"
  | "unknown-outcome"
  | "permission-denied"
  | "invalid-path"
  | "too-large"
  | "corrupt"
  | "misconfigured"
  | "closed";

/** Optional attributes of an error. */
export interface RemoteBackendErrorOptions {
  /** Original error, thrown by the service or by a caller's function. */
  readonly cause?: unknown;
  /** Advice for an operator, such as SQL to run. It is not part of `message`, which a model may read. */
  readonly hint?: string | undefined;
  /** Name of the option whose function failed or returned an invalid value. */
  readonly option?: string | undefined;
  /** True if a retry may succeed. Default: true for `unavailable` and `unknown-outcome`. */
  readonly isTransient?: boolean | undefined;
  /** True if the service asked for fewer requests; retries wait longer then. Default `false`. */
  readonly isThrottled?: boolean | undefined;
  /** Time to wait before a retry, as requested by the service, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The only error class of these packages. Constructors and `initialize()` throw it; stores throw or return it; the
 * methods of the protocol turn it into an error value.
 *
 * `message` is a short sentence that a model may read: it never contains credentials or messages of the service, which
 * are kept in `cause`. Advice that only an operator can follow is in `hint`.
 */
export class RemoteBackendError extends Error {
  override readonly name = "RemoteBackendError";
  readonly code: ErrorCode;
  /** Advice for an operator, such as SQL to run; `undefined` if there is none. */
  readonly hint: string | undefined;
  /** Name of the option whose function failed or returned an invalid value; `undefined` for every other failure. */
  readonly option: string | undefined;
  /** True if a retry may succeed. Only transient errors are retried. */
  readonly isTransient: boolean;
  /** True if the service asked for fewer requests. */
  readonly isThrottled: boolean;
  /** Time to wait before a retry, as requested by the service, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly [BRAND] = true;

  /**
   * @param code Error code, for programs.
   * @param message Description of the failure and of what to do, for people.
   * @param options See `RemoteBackendErrorOptions`.
   */
  constructor(code: ErrorCode, message: string, options: RemoteBackendErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
    this.option = options.option;
    this.isTransient = options.isTransient ?? TRANSIENT.has(code);
    this.isThrottled = options.isThrottled ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Recognizes an error of this class from any copy of the package, which `instanceof` cannot. */
  static is(error: unknown): error is RemoteBackendError {
    return typeof error === "object" && error !== null && BRAND in error;
  }
}
