import { randomUUID } from "node:crypto";
import type { MaybePromise } from "../protocol/protocol.js";
import { withDeadline } from "../support/deadline.js";
import { ConformanceFailure } from "./assert.js";
import type { Case } from "./case.js";
import type { CaseResult } from "./case-result.js";
import { isNewerThan } from "./editions.js";
import { explain } from "./explain.js";
import { NotTried, notPromised, type Untried } from "./not-tried.js";
import { type SuiteOptions, skipReason } from "./options.js";
import type { Promises } from "./promises.js";
import { CallLog } from "./subject.js";
import type { Prepared, Setting, Suite } from "./suite.js";

/** Default time limit of a case, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Runs a case on a subject created for it. Never rejects: exceptions become a failed case. */
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
  try {
    return await withSubject(suite, options, { log, signal }, async ({ promises, context }) => {
      const untried = whyNot(one, promises);
      if (!untried) await one.run(context as never);
      return untried;
    });
  } catch (error) {
    if (error instanceof NotTried) return error.untried;
    throw error;
  }
}

/**
 * Creates and releases a subject, so that a problem common to all of them is reported once.
 * @throws Error with the reason why none can be created.
 */
export async function tryToMake<Options extends SuiteOptions>(
  suite: Suite<Options>,
  options: Options,
): Promise<void> {
  const log = new CallLog();
  try {
    await within(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (signal) =>
      withSubject(suite, options, { log, signal }, async () => {}),
    );
  } catch (cause) {
    const why =
      cause instanceof ConformanceFailure ? cause.message : ((cause as Error)?.stack ?? String(cause));
    throw new Error(`${options.name} cannot be created: ${why}`, { cause });
  }
}

/** Creates a subject, uses it and releases it completely, even after a failure; the first failure is reported. */
async function withSubject<Options extends SuiteOptions, T>(
  suite: Suite<Options>,
  options: Options,
  setting: Pick<Setting, "log" | "signal">,
  work: (prepared: Prepared) => Promise<T>,
): Promise<T> {
  const endings: (() => MaybePromise<void>)[] = [];
  const atEnd = (ending: () => MaybePromise<void>) => void endings.unshift(ending);
  const name = `case-${randomUUID().slice(0, 13)}`;
  const working = suite.prepare(options, { name, ...setting, atEnd }).then(work);
  const failures: unknown[] = [];
  await working.catch((failure) => failures.push(failure));
  for (const end of endings) {
    try {
      await end();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
  return working;
}

/** Fails if the work takes too long, even if it blocked the event loop so that no timer could run. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new ConformanceFailure(
    "the whole case",
    `an end within ${ms} ms, the limit (timeoutMs)`,
    "none",
  );
  const start = performance.now();
  const result = await withDeadline(
    ms,
    () => late,
    ({ signal }) => work(signal),
  );
  if (performance.now() - start > ms) throw late;
  return result;
}

/** Returns the reason why a case is not run with these promises; `undefined` if it is run. */
function whyNot(one: Pick<Case, "needs" | "unless">, promises: Promises<string>): Untried | undefined {
  const missing = [one.needs ?? []].flat().filter((name) => promises[name] === false);
  if (missing.length > 0) return notPromised(missing);
  const made = [one.unless ?? []].flat().find((name) => promises[name] !== false);
  return made === undefined ? undefined : { status: "not-applicable", reason: `${made} is promised` };
}
