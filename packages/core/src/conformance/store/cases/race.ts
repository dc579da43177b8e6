import type { StoreContext } from "../context.js";
import type { StoreSubject } from "../subject.js";

/** Runs `work` once per writer, concurrently, spread over several instances. */
export async function race<T>(
  t: StoreContext,
  writers: number,
  work: (store: StoreSubject, i: number) => Promise<T>,
): Promise<T[]> {
  const instances = [t.store, await t.open(), await t.open(), await t.open()];
  return Promise.all(Array.from({ length: writers }, (_, i) => work(instances[i % instances.length]!, i)));
}

/** Appends to a file by compare-and-swap until it succeeds; `false` if the file was deleted. */
export async function add(
  t: StoreContext,
  store: StoreSubject,
  name: string,
  text: string,
): Promise<boolean> {
  for (;;) {
    t.signal.throwIfAborted();
    const [file] = await t.files([name], store);
    if (file === undefined) return false;
    if ((await t.put(t.change(name, file.content + text, file), store)).done) return true;
  }
}
