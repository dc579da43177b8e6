/** Counts occurrences that do not overlap, from the left. */
function countOccurrences(text: string, search: string): number {
  let count = 0;
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + search.length)) count++;
  return count;
}

/**
 * Replaces literal text, with deepagents' refusals in deepagents' words (its tools' descriptions teach them).
 * @param all Replace every occurrence; otherwise there must be exactly one.
 */
export function replaceLiteral(
  text: string,
  search: string,
  replacement: string,
  all: boolean,
): { text: string; occurrences: number } | { error: string } {
  if (search === "") {
    return text === ""
      ? { text: replacement, occurrences: 0 }
      : { error: "Error: oldString cannot be empty when file has content" };
  }
  const occurrences = countOccurrences(text, search);
  if (occurrences === 0) return { error: `Error: String not found in file: '${search}'` };
  if (occurrences > 1 && !all) {
    return {
      error:
        `Error: String '${search}' has multiple occurrences (appears ${occurrences} times) in file. ` +
        "Use replace_all=True to replace all instances, or provide a more specific string with surrounding context.",
    };
  }
  // A function, because `$&` in a replacement string would be interpreted.
  return { text: text.replaceAll(search, () => replacement), occurrences };
}
