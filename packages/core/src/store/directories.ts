import type { Key } from "./file-store.js";

/** Lists every directory that contains a key, outermost first: `a` and `a/b` for `a/b/c`. */
export function directoriesOf(key: Key): Key[] {
  const directories: Key[] = [];
  for (let slash = key.indexOf("/"); slash !== -1; slash = key.indexOf("/", slash + 1)) {
    directories.push(key.slice(0, slash));
  }
  return directories;
}
