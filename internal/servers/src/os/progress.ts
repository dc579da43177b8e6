/** Shows that work goes on: a silent minute looks like a hang. */
export function everySoOften<T>(
  log: (line: string) => void,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  const timer = setInterval(() => log(`${what}: ${Math.round((Date.now() - started) / 1_000)} s`), 10_000);
  return work().finally(() => clearInterval(timer));
}
