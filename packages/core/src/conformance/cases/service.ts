import { setTimeout as delay } from "node:timers/promises";
import { succeeds } from "../assert.js";
import type { CaseContext } from "../context.js";
import { DEFAULT_TIMEOUT_MS } from "../run-case.js";

/** Share of the time of a case in which a backend must recover from an outage: clients may wait before they reconnect. */
const TIME_TO_RECOVER = 0.5;
const PAUSE_MS = 100;

/** Repeats an operation until it succeeds after an outage. Fails if the backend does not recover in time. */
export async function worksAgain(
  t: CaseContext,
  what: string,
  ask: () => Promise<{ error?: unknown }>,
): Promise<void> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = t.options;
  const end = performance.now() + TIME_TO_RECOVER * timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer.error == null) return;
    if (t.signal.aborted || performance.now() > end) succeeds(`${what} after the outage`, answer);
    await delay(PAUSE_MS);
  }
}
