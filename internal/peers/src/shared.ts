/** Lazily created resource that is closed once. */
export interface Shared<T> {
  get(): Promise<T>;
  /** Closes the resource, if it was created. */
  close(): Promise<void>;
}

/**
 * Creates a shared resource.
 * @param make Creates the resource that all cases of a backend share.
 */
export function shared<T extends { close(): Promise<void> }>(make: () => Promise<T>): Shared<T> {
  let made: Promise<T> | undefined;
  return {
    get() {
      made ??= make();
      return made;
    },
    async close() {
      await (await made)?.close();
      made = undefined;
    },
  };
}
