import { byteLength } from "../content/content.js";
import { Literal } from "./literal.js";

/** Counts non-overlapping occurrences from the left. */
function countOccurrences(text: string, oldString: string, literal: Literal): number {
  let count = 0;
  for (let at = literal.indexOf(text); at !== -1; at = literal.indexOf(text, at + oldString.length)) count++;
  return count;
}

/** Text with its replacements, a refusal, or the size of a result that would be too large, in bytes of UTF-8. */
export type Replaced<T = string> = { text: T; occurrences: number } | { error: string } | { bytes: number };

/**
 * Replaces literal text, with deepagents' refusals in its own words, which its tool descriptions teach to models.
 * @param text Well-formed text, like `newString`. Half of a surrogate pair does not match inside a whole one.
 * @param replaceAll Replace every occurrence; otherwise there must be exactly one.
 * @param maxBytes Longest result, in bytes of UTF-8. Default: unlimited.
 * @returns `bytes`, the size of a result that would be too long. It is not built: it may exceed the longest string.
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
  const literal = new Literal(oldString);
  const occurrences = oldString.isWellFormed() ? countOccurrences(text, oldString, literal) : 0;
  const refusal = refuseCount(occurrences, oldString, replaceAll);
  if (refusal) return refusal;
  const bytes = byteLength(text) + occurrences * (byteLength(newString) - byteLength(oldString));
  if (bytes > maxBytes) return { bytes };
  // `replaceAll` would take three times the memory, and interpret `$&`.
  return { text: literal.split(text).join(newString), occurrences };
}

/** Refuses a string that is not found, or is not unique although it must be. */
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
