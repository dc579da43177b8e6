import type { FileStore } from "../store/file-store.js";
import { withDeadline } from "../support/deadline.js";
import { type ErrorCode, RemoteBackendError } from "../support/errors.js";
import type { Lifecycle } from "./lifecycle.js";
import { Retries } from "./retry.js";

/** A condition that an operator should know about, although files can be used. */
export interface HealthWarning {
  /** Stable name for programs, such as `unadopted-uploads`. */
  readonly code: string;
  /** A sentence without secrets: what was found, and what to do. */
  readonly message: string;
}

/** Details that a store reports, by name. What could not be found out is left out. */
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
  /** Facts about the service, such as its version; which ones there are depends on the store. */
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
   * @param message A sentence without secrets and without the service's own words.
   */
  warn(code: string, message: string): void {
    this.warnings.push({ code, message });
  }
}

/** Orchestrators that probe a service expect an answer within seconds. In milliseconds. */
const LONGEST_CHECK_MS = 5_000;

/** One repetition, in case the first attempt used a pooled connection that had died. */
const MAX_ATTEMPTS = 2;

/** Checks a store. Never rejects. */
export async function checkHealth(
  store: FileStore,
  lifecycle: Lifecycle,
  operationTimeoutMs: number,
): Promise<Health> {
  const start = performance.now();
  const timeoutMs = Math.min(LONGEST_CHECK_MS, operationTimeoutMs);
  let report = new HealthReport();
  const late = () =>
    new RemoteBackendError("timeout", `The storage did not answer in time (${timeoutMs} ms).`);
  const error = await lifecycle
    .run(() =>
      withDeadline(timeoutMs, late, (time) =>
        new Retries(time, MAX_ATTEMPTS).run(() => {
          report = new HealthReport();
          return store.check ? store.check(report, time) : listSomething(store, lifecycle, time);
        }),
      ),
    )
    .then(() => lifecycle.breaker.succeeded(), asRemoteError);
  return {
    ok: !error,
    ...(error && { error: summarize(error) }),
    latencyMs: Math.round(performance.now() - start),
    // Copied: a store may go on adding after its time is up.
    warnings: [...report.warnings],
    details: { ...report.details },
  };
}

function summarize({ code, message, hint }: RemoteBackendError): NonNullable<Health["error"]> {
  return { code, message, ...(hint !== undefined && { hint }) };
}

/** The check of a store that has none of its own. */
async function listSomething(
  store: FileStore,
  lifecycle: Lifecycle,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  await lifecycle.tryToOpen();
  for await (const _page of store.list("", { signal, root: "", recursive: false })) return;
}

function asRemoteError(error: unknown): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new RemoteBackendError("unavailable", `The check failed unexpectedly (${name}).`, { cause: error });
}
