const lent = new WeakSet<object>();

/**
 * Lends the bytes of an upload: its caller changes none of them until it has an answer, so that they need not be copied.
 * @param files The argument of `uploadFiles`.
 */
export function lend<T extends readonly (readonly [string, Uint8Array])[]>(files: T): T {
  lent.add(files);
  return files;
}

/** True for the argument of an upload whose bytes are lent. */
export const isLent = (files: object): boolean => lent.has(files);
