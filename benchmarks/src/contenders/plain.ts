/** The parts of file operations that have nothing to do with a storage, as plain as can be. */

/** Returns a window of lines as text. */
export const windowOf = (lines: readonly string[], offset: number, limit: number): string =>
  lines.slice(offset, offset + limit).join("\n");

/** Returns a text as the data of a file. */
export const dataOf = (content: string) => ({
  content,
  mimeType: "text/plain",
  created_at: "",
  modified_at: "",
});

/** Replaces the only occurrence of a text. */
export function edited(text: string, before: string, now: string): string {
  const start = text.indexOf(before);
  if (start < 0 || text.includes(before, start + 1)) throw new Error("The text is not there exactly once.");
  return text.slice(0, start) + now + text.slice(start + before.length);
}

/** Returns the matches in one file. */
export const linesWith = (pattern: string, path: string, lines: readonly string[]) =>
  lines.flatMap((text, i) => (text.includes(pattern) ? [{ path, line: i + 1, text }] : []));

/** Returns the children of a directory, which ends in `/`, among its descendants. */
export function childrenOf(directory: string, descendants: readonly { readonly path: string }[]) {
  const names = new Set(
    descendants.map(({ path }) => {
      const end = path.indexOf("/", directory.length);
      return end < 0 ? path : path.slice(0, end + 1);
    }),
  );
  return [...names].map((path) => ({ path }));
}

/** Matches a path with a glob whose only wildcards are at its beginning, such as all that the tasks use. */
export const matchesEnd = (path: string, glob: string | null | undefined): boolean =>
  glob == null || path.endsWith(glob.slice(glob.lastIndexOf("*") + 1));
