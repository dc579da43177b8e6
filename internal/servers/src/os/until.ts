/** How often a condition is looked at. Short enough that waiting never shows in a test's time. */
const EVERY_MS = 25;

/** Asks `probe` until it answers something else than `undefined`, at most `timeoutMs` long. */
export async function until<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
): Promise<T | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** The same without giving up the thread, for an `exit` handler, where nothing asynchronous runs any more. */
export function untilSync(probe: () => boolean, timeoutMs: number): boolean {
  const deadline = Date.now() + timeoutMs;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    if (probe()) return true;
    if (Date.now() >= deadline) return false;
    Atomics.wait(cell, 0, 0, EVERY_MS);
  }
}
