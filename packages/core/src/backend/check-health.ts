import type { FileStore } from "../store/file-store.js";
import { type Health, HealthReport } from "../store/health-report.js";
import { withDeadline } from "../support/deadline.js";
import { RemoteBackendError } from "../support/errors.js";
import type { Lifecycle } from "./lifecycle.js";
import { Retries } from "./retry.js";

/** Time limit of a check, in milliseconds: orchestrators expect the answer to a health probe within seconds. */
const LONGEST_CHECK_MS = 5_000;

/** Attempts of a check: a second one, in case the first used a dead pooled connection. */
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
    // Copied, because the store may keep adding findings after the time limit.
    warnings: [...report.warnings],
    details: { ...report.details },
  };
}

function summarize({ code, message, hint }: RemoteBackendError): NonNullable<Health["error"]> {
  return { code, message, ...(hint !== undefined && { hint }) };
}

/** Checks a store without a `check` of its own, by listing one page. */
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
