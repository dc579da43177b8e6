/** Runs something for each item, a bounded number at a time; answers in order. A failure ends it, once nothing is under way. */
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

/** Like `Promise.all`, but fails only when nothing is under way: a repetition would meet what still arrives. */
export async function settled<const T extends readonly unknown[]>(promises: T) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
