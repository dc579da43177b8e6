import { randomUUID } from "node:crypto";
import { withDeadline } from "../deadline.js";
import type { MaybePromise } from "../protocol.js";
import { ConformanceFailure } from "./assert.js";
import { type Case, NotTried, type Untried, whyNot } from "./case.js";
import { isNewerThan } from "./editions.js";
import { explain } from "./explain.js";
import { type SuiteOptions, skipReason } from "./options.js";
import type { CaseResult } from "./report.js";
import { CallLog } from "./subject.js";
import type { Suite } from "./suite.js";

/** Limit of one case in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Tries one case on a subject made for it. Never rejects: what goes wrong is a failed case. */
export async function tryCase<Options extends SuiteOptions>(
  suite: Suite<Options>,
  one: Case,
  options: Options,
): Promise<CaseResult> {
  const skipped = skipReason(options.skip, one.id);
  if (skipped !== undefined) return { case: one, status: "skipped", reason: skipped };
  const known = options.knownFailures?.[one.id];
  const log = new CallLog();
  const start = performance.now();
  const result = (
    status: CaseResult["status"],
    reason?: string,
    missing?: readonly string[],
  ): CaseResult => ({
    case: one,
    status,
    ms: performance.now() - start,
    ...(reason !== undefined && { reason }),
    ...(missing && { missing }),
  });
  try {
    const untried = await within(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (signal) =>
      run(suite, one, options, log, signal),
    );
    if (known !== undefined) return result("failed", stale(one.id, untried?.reason));
    return untried ? result(untried.status, untried.reason, untried.missing) : result("passed");
  } catch (error) {
    if (known !== undefined) return result("known-failure", known);
    const failure = error instanceof Error ? error : new Error(String(error));
    const isNew = options.edition !== undefined && isNewerThan(options.edition, one.since);
    return result(isNew ? "warning" : "failed", explain(one, failure, log.lines()));
  }
}

const stale = (id: string, untried: string | undefined): string =>
  `${id}\n  known to fail, but ${untried ? `not tried (${untried})` : "it passes"}: take it out of knownFailures`;

async function run<Options extends SuiteOptions>(
  suite: Suite<Options>,
  one: Case,
  options: Options,
  log: CallLog,
  signal: AbortSignal,
): Promise<Untried | undefined> {
  const endings: (() => MaybePromise<void>)[] = [];
  const atEnd = (work: () => MaybePromise<void>) => void endings.unshift(work);
  const [outcome] = await Promise.allSettled([
    (async () => {
      const name = `case-${randomUUID().slice(0, 13)}`;
      const { promises, context } = await suite.prepare(options, { name, log, signal, atEnd });
      const untried = whyNot(one, promises);
      if (!untried) await one.run(context as never);
      return untried;
    })(),
  ]);
  const failures: unknown[] = outcome.status === "rejected" ? [outcome.reason] : [];
  for (const end of endings) {
    try {
      await end();
    } catch (failure) {
      failures.push(failure);
    }
  }
  const [first] = failures;
  if (first instanceof NotTried) return first.untried;
  if (failures.length > 0) throw first;
  return outcome.status === "fulfilled" ? outcome.value : undefined;
}

/** Fails when the work takes longer, also when it blocked the process for so long that no timer could run. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new ConformanceFailure("the whole case", `an end within ${ms} ms`, "none");
  const start = performance.now();
  const result = await withDeadline(
    ms,
    () => late,
    ({ signal }) => work(signal),
  );
  if (performance.now() - start > ms) throw late;
  return result;
}
