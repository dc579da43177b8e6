const lent = new WeakSet<object>();

/**
 * Lends the bytes of an upload: the caller does not change them before the answer, so they need not be copied.
 * @param files Argument of `uploadFiles`.
 */
export function lend<T extends readonly (readonly [string, Uint8Array])[]>(files: T): T {
  lent.add(files);
  return files;
}

/** True for the argument of an upload whose bytes are lent. */
export const isLent = (files: object): boolean => lent.has(files);
