import { byteLength } from "../content/content.js";

/** Counts occurrences that do not overlap, from the left. */
function countOccurrences(text: string, oldString: string): number {
  let count = 0;
  for (let at = text.indexOf(oldString); at !== -1; at = text.indexOf(oldString, at + oldString.length))
    count++;
  return count;
}

/** A text with its replacements, a refusal, or the bytes of UTF-8 that the text would have beyond what is allowed. */
export type Replaced<T = string> = { text: T; occurrences: number } | { error: string } | { bytes: number };

/**
 * Replaces literal text, with deepagents' refusals in deepagents' words (its tools' descriptions teach them).
 * @param text Well-formed, as `newString` is. Half of a surrogate pair is not found inside of a whole one.
 * @param replaceAll Replace every occurrence; otherwise there must be exactly one.
 * @param maxBytes Longest result, in bytes of UTF-8. Default: any.
 * @returns `bytes`, those of a result that would be longer. It is not made: a string may not even hold it.
 */
export function replaceLiteral(
  text: string,
  oldString: string,
  newString: string,
  replaceAll: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
): Replaced {
  if (oldString === "") {
    if (text !== "") return { error: "Error: oldString cannot be empty when file has content" };
    const bytes = byteLength(newString);
    return bytes > maxBytes ? { bytes } : { text: newString, occurrences: 0 };
  }
  const occurrences = oldString.isWellFormed() ? countOccurrences(text, oldString) : 0;
  const refusal = refuseCount(occurrences, oldString, replaceAll);
  if (refusal) return refusal;
  const bytes = byteLength(text) + occurrences * (byteLength(newString) - byteLength(oldString));
  if (bytes > maxBytes) return { bytes };
  // `replaceAll` would take three times the memory, and interpret `$&`.
  return { text: text.split(oldString).join(newString), occurrences };
}

/** Refuses a string that is not found, or more than the one that it should. */
export function refuseCount(
  occurrences: number,
  oldString: string,
  replaceAll: boolean,
): { error: string } | undefined {
  if (occurrences === 0) return { error: `Error: String not found in file: '${oldString}'` };
  if (occurrences === 1 || replaceAll) return undefined;
  return {
    error:
      `Error: String '${oldString}' has multiple occurrences (appears ${occurrences} times) in file. ` +
      "Use replace_all=True to replace all instances, or provide a more specific string with surrounding context.",
  };
}
