/**
 * Calls `run` for each item with bounded concurrency, and returns results in order. Rejects on the first failure, but
 * only once no call is pending.
 */
export async function mapConcurrent<Item, Answer>(
  items: readonly Item[],
  concurrency: number,
  run: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(items.length);
  let next = 0;
  const worker = async () => {
    try {
      for (let i = next++; i < items.length; i = next++) answers[i] = await run(items[i]!);
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  await settled(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return answers;
}

/**
 * Like `Promise.all`, but rejects only once every promise has settled, so that a retry cannot overlap with pending
 * work.
 */
export async function settled<const T extends readonly unknown[]>(promises: T) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
