import type { ErrorCode } from "../support/errors.js";

/** A condition that an operator should know about, although files can be used. */
export interface HealthWarning {
  /** Stable name for programs, such as `unadopted-uploads`. */
  readonly code: string;
  /** A sentence without secrets: what was found, and what to do. */
  readonly message: string;
}

/** Details that a store reports, by name. Details that could not be determined are omitted. */
export type HealthDetails = Readonly<Record<string, unknown>>;

/** The answer of `check()`, the same shape for every backend. It can be serialized as JSON and holds no secrets. */
export interface Health<Details extends object = HealthDetails> {
  /** True if files can be read now. */
  readonly ok: boolean;
  /** The reason if `ok` is false. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
  /** Time until the answer, in milliseconds. */
  readonly latencyMs: number;
  /** Problems that do not keep files from being read. */
  readonly warnings: readonly HealthWarning[];
  /** Facts about the service, such as its version. The set depends on the store. */
  readonly details: Partial<Details>;
}

/**
 * Findings of one check. A store adds them as it makes them, so that they are reported even if the check fails or runs
 * out of time later.
 */
export class HealthReport {
  readonly details: Record<string, unknown> = {};
  readonly warnings: HealthWarning[] = [];

  /**
   * Adds a warning.
   * @param code Stable name for programs, in kebab-case.
   * @param message A sentence without secrets and without the service's own messages.
   */
  warn(code: string, message: string): void {
    this.warnings.push({ code, message });
  }
}
