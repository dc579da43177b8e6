import type { CaseContext } from "../context.js";
import type { Subject } from "../subject.js";

/** Number of concurrent writers. */
export const WRITERS = 20;

/** Runs `work` once per writer, concurrently, spread over several instances. */
export async function race<T>(
  t: CaseContext,
  writers: number,
  work: (backend: Subject, i: number) => Promise<T>,
): Promise<T[]> {
  const instances = [t.backend, await t.open(), await t.open(), await t.open()];
  return Promise.all(Array.from({ length: writers }, (_, i) => work(instances[i % instances.length]!, i)));
}

/** Counts successful answers. */
export const won = (answers: readonly { error?: unknown }[]): number =>
  answers.filter(({ error }) => error == null).length;
