/** How often a condition is looked at. Short enough that waiting never shows in a test's time. */
const EVERY_MS = 25;

/** Calls `probe` until it returns something else than `undefined`, for at most `timeoutMs`. */
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
