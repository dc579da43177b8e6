/** Runs something for each item, a bounded number at a time; answers in order. A failure ends it. */
export async function parallel<Item, Answer>(
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
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return answers;
}
