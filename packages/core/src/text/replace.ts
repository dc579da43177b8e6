import { byteLength } from "../content/content.js";

/** Counts occurrences that do not overlap, from the left. */
function countOccurrences(text: string, search: string): number {
  let count = 0;
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + search.length)) count++;
  return count;
}

/** A text with its replacements, a refusal, or the bytes of UTF-8 that the text would have beyond what is allowed. */
export type Replaced<T = string> = { text: T; occurrences: number } | { error: string } | { bytes: number };

/**
 * Replaces literal text, with deepagents' refusals in deepagents' words (its tools' descriptions teach them).
 * @param text Well-formed, as `replacement` is. Half of a surrogate pair is not found inside of a whole one.
 * @param all Replace every occurrence; otherwise there must be exactly one.
 * @param maxBytes Longest result, in bytes of UTF-8. Default: any.
 * @returns `bytes`, those of a result that would be longer. It is not made: a string may not even hold it.
 */
export function replaceLiteral(
  text: string,
  search: string,
  replacement: string,
  all: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
): Replaced {
  if (search === "") {
    if (text !== "") return { error: "Error: oldString cannot be empty when file has content" };
    const bytes = byteLength(replacement);
    return bytes > maxBytes ? { bytes } : { text: replacement, occurrences: 0 };
  }
  const occurrences = search.isWellFormed() ? countOccurrences(text, search) : 0;
  const refusal = refuseCount(occurrences, search, all);
  if (refusal) return refusal;
  const bytes = byteLength(text) + occurrences * (byteLength(replacement) - byteLength(search));
  if (bytes > maxBytes) return { bytes };
  // `replaceAll` would take three times the memory, and interpret `$&`.
  return { text: text.split(search).join(replacement), occurrences };
}

/** Refuses a search that finds nothing, or more than the one that it should. */
export function refuseCount(
  occurrences: number,
  search: string,
  all: boolean,
): { error: string } | undefined {
  if (occurrences === 0) return { error: `Error: String not found in file: '${search}'` };
  if (occurrences === 1 || all) return undefined;
  return {
    error:
      `Error: String '${search}' has multiple occurrences (appears ${occurrences} times) in file. ` +
      "Use replace_all=True to replace all instances, or provide a more specific string with surrounding context.",
  };
}
