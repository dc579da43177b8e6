import { byteLength, decodeUtf8, toBytes } from "../content/content.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import type { Text } from "./lines.js";
import { Literal } from "./literal.js";
import { type Replaced, refuseCount, replaceLiteral } from "./replace.js";
import { endOfCharacters, SLICE } from "./slices.js";
import { encodeInSlices } from "./utf8.js";

/**
 * `replaceLiteral`, sliced for large texts, which are converted to UTF-8.
 * @throws RemoteBackendError `timeout`
 */
export async function replaceText(
  text: Text,
  oldString: string,
  newString: string,
  replaceAll: boolean,
  maxBytes: number,
  options: CallTime,
): Promise<Replaced<Text>> {
  if (typeof text === "string" && text.length <= SLICE) {
    return replaceLiteral(text, oldString, newString, replaceAll, maxBytes);
  }
  return replaceInUtf8(
    await encodeInSlices(text, options),
    oldString,
    newString,
    replaceAll,
    maxBytes,
    options,
  );
}

/**
 * `replaceLiteral` on UTF-8, in slices. Memory holds the text and the result once each: UTF-8 takes half the memory of
 * a string that has a character beyond Latin-1.
 * @throws RemoteBackendError `timeout`
 */
export async function replaceInUtf8(
  text: Uint8Array,
  oldString: string,
  newString: string,
  replaceAll: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
  options?: CallTime,
  size = SLICE,
): Promise<Replaced<Uint8Array>> {
  if (oldString === "" || !oldString.isWellFormed()) return refusalOf(oldString, newString, replaceAll);
  const literal = new Literal(oldString);
  let occurrences = 0;
  for (const { count } of pieces(text, oldString, literal, size)) {
    occurrences += count;
    await nextTurn(options);
  }
  const refusal = refuseCount(occurrences, oldString, replaceAll);
  if (refusal) return refusal;
  const bytes = text.length + occurrences * (byteLength(newString) - byteLength(oldString));
  if (bytes > maxBytes) return { bytes };
  const result = new Uint8Array(bytes);
  let end = 0;
  for (const { found, rest } of pieces(text, oldString, literal, size)) {
    for (const part of [toBytes(literal.split(found).join(newString)), rest]) {
      result.set(part, end);
      end += part.length;
    }
    await nextTurn(options);
  }
  return { text: result, occurrences };
}

/** Returns the refusal for a string that the text does not contain. */
const refusalOf = (oldString: string, newString: string, replaceAll: boolean) =>
  replaceLiteral("text", oldString, newString, replaceAll) as { error: string };

/** Part of a text that splits no occurrence. */
interface Piece {
  /** Text up to the end of the last occurrence; empty if there is none. */
  readonly found: string;
  readonly count: number;
  /** Bytes after it. */
  readonly rest: Uint8Array;
}

/** Divides a text into pieces, decoding only those that contain `oldString`. */
function* pieces(text: Uint8Array, oldString: string, literal: Literal, size: number): Generator<Piece> {
  const length = byteLength(oldString);
  for (let start = 0; start < text.length; ) {
    // Extends the slice to include an occurrence that begins at its end.
    const slice = text.subarray(start, endOfCharacters(text, start + size + length));
    const { found, count } = findOccurrences(slice, oldString, literal);
    const from = byteLength(found);
    const end = Math.max(from, endOfCharacters(slice, size));
    yield { found, count, rest: slice.subarray(from, end) };
    start += end;
  }
}

function findOccurrences(slice: Uint8Array, oldString: string, literal: Literal): Omit<Piece, "rest"> {
  if (!literal.mayBeIn(slice)) return { found: "", count: 0 };
  const decoded = decodeUtf8(slice)!;
  let count = 0;
  let end = 0;
  for (let at = literal.indexOf(decoded); at !== -1; at = literal.indexOf(decoded, end)) {
    count++;
    end = at + oldString.length;
  }
  return { found: decoded.slice(0, end), count };
}
