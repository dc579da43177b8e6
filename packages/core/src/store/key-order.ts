import type { Key } from "./file-store.js";

/**
 * Returns where a listing continues after a key; after a directory's key (`d/`), past all its descendants. No
 * well-formed key sorts between the two, because keys have no control characters.
 */
export const keyAfter = (key: Key): Key => (key.endsWith("/") ? `${key.slice(0, -1)}0` : `${key}\u0001`);

/** Returns the smallest string that sorts after all keys with a prefix, by code point; `undefined` if there is none. */
export function prefixEnd(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = last.codePointAt(0)! + 1;
    if (next <= 0x10ffff) return characters.join("") + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}
