/** Something that is made when it is asked for first, and let go of once. */
export interface Shared<T> {
  get(): Promise<T>;
  /** Does nothing when it was never made. */
  close(): Promise<void>;
}

/** @param make makes what is shared by all cases of a backend. */
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
