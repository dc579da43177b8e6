import type { CaseContext } from "../context.js";
import type { Subject } from "../subject.js";

/** How many writers race. */
export const WRITERS = 20;

/** Runs `work` once a writer, all at once, spread over several instances. */
export async function race<T>(
  t: CaseContext,
  writers: number,
  work: (backend: Subject, i: number) => Promise<T>,
): Promise<T[]> {
  const instances = [t.backend, await t.open(), await t.open(), await t.open()];
  return Promise.all(Array.from({ length: writers }, (_, i) => work(instances[i % instances.length]!, i)));
}

/** How many answers are successes. */
export const won = (answers: readonly { error?: unknown }[]): number =>
  answers.filter(({ error }) => error == null).length;
