import { byteLength } from "../content/content.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import { type Replaced, refuseCount, replaceLiteral } from "./replace.js";
import { isHighSurrogate, SLICE } from "./slices.js";

/**
 * `replaceLiteral` in slices. It needs memory for the result twice, since the parts of a text are joined once.
 * @throws RemoteBackendError `timeout`
 */
export async function replaceInSlices(
  text: string,
  search: string,
  replacement: string,
  all: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
  call?: CallTime,
  size = SLICE,
): Promise<Replaced> {
  if (text.length <= size || search === "" || !search.isWellFormed()) {
    return replaceLiteral(text, search, replacement, all, maxBytes);
  }
  let occurrences = 0;
  let bytes = 0;
  let first = -1;
  let replaced = "";
  const growth = byteLength(replacement) - byteLength(search);
  for (let start = 0; start < text.length; ) {
    // Every occurrence that begins in the slice, with its end.
    const slice = text.slice(start, start + size + search.length);
    const { count, end } = findOccurrences(slice, search, size);
    if (first === -1 && count > 0) first = start + slice.indexOf(search);
    occurrences += count;
    const own = slice.slice(0, end);
    bytes += byteLength(own) + count * growth;
    if (all) replaced = bytes > maxBytes ? "" : replaced + own.split(search).join(replacement);
    start += end;
    await nextTurn(call);
  }
  const refusal = refuseCount(occurrences, search, all);
  if (refusal) return refusal;
  if (bytes > maxBytes) return { bytes };
  if (!all) replaced = text.slice(0, first) + replacement + text.slice(first + search.length);
  return { text: replaced, occurrences };
}

/** Counts occurrences. `end` is where the search continues: behind the last one, and not inside a surrogate pair. */
function findOccurrences(slice: string, search: string, size: number): { count: number; end: number } {
  let count = 0;
  let end = 0;
  for (let at = slice.indexOf(search); at !== -1; at = slice.indexOf(search, end)) {
    count++;
    end = at + search.length;
  }
  if (end < size) end = Math.min(size, slice.length);
  return { count, end: isHighSurrogate(slice.charCodeAt(end - 1)) ? Math.min(end + 1, slice.length) : end };
}
