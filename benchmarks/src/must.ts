/** Returns an answer without an error, so that a failure is never fast. */
export async function must<T extends object>(answer: T | Promise<T>): Promise<T> {
  const found = await answer;
  const each: readonly { error?: unknown }[] = Array.isArray(found) ? found : [found];
  const failed = each.find(({ error }) => error);
  if (failed) throw new Error(String(failed.error));
  return found;
}
