import { byteLength, decodeUtf8, toBytes } from "../content/content.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import type { Text } from "./lines.js";
import { type Replaced, refuseCount, replaceLiteral } from "./replace.js";
import { endOfCharacters, SLICE } from "./slices.js";
import { encodeInSlices } from "./utf8.js";

/**
 * `replaceLiteral`, of a large text in slices, which makes UTF-8 of it.
 * @throws RemoteBackendError `timeout`
 */
export async function replaceText(
  text: Text,
  search: string,
  replacement: string,
  all: boolean,
  maxBytes: number,
  call: CallTime,
): Promise<Replaced<Text>> {
  if (typeof text === "string" && text.length <= SLICE) {
    return replaceLiteral(text, search, replacement, all, maxBytes);
  }
  return replaceInUtf8(await encodeInSlices(text, call), search, replacement, all, maxBytes, call);
}

/**
 * `replaceLiteral` on UTF-8, in slices. Memory holds the text and the result, each once: UTF-8 is half as large as a
 * string that has a character beyond Latin-1.
 * @throws RemoteBackendError `timeout`
 */
export async function replaceInUtf8(
  text: Uint8Array,
  search: string,
  replacement: string,
  all: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
  call?: CallTime,
  size = SLICE,
): Promise<Replaced<Uint8Array>> {
  if (search === "" || !search.isWellFormed()) return refusalOf(search, replacement, all);
  let occurrences = 0;
  for (const { count } of pieces(text, search, size)) {
    occurrences += count;
    await nextTurn(call);
  }
  const refusal = refuseCount(occurrences, search, all);
  if (refusal) return refusal;
  const bytes = text.length + occurrences * (byteLength(replacement) - byteLength(search));
  if (bytes > maxBytes) return { bytes };
  const result = new Uint8Array(bytes);
  let end = 0;
  for (const { found, rest } of pieces(text, search, size)) {
    for (const part of [toBytes(found.split(search).join(replacement)), rest]) {
      result.set(part, end);
      end += part.length;
    }
    await nextTurn(call);
  }
  return { text: result, occurrences };
}

/** Returns the refusal of a search that is in no text. */
const refusalOf = (search: string, replacement: string, all: boolean) =>
  replaceLiteral("text", search, replacement, all) as { error: string };

/** A part of a text that divides no occurrence. */
interface Piece {
  /** Up to the end of the last occurrence; empty without any. */
  readonly found: string;
  readonly count: number;
  /** Everything behind it. */
  readonly rest: Uint8Array;
}

/** Divides a text, and decodes only what contains `search`. */
function* pieces(text: Uint8Array, search: string, size: number): Generator<Piece> {
  const searched = Buffer.from(search);
  for (let start = 0; start < text.length; ) {
    // Reaches to the end of an occurrence that begins at the end of the piece.
    const slice = text.subarray(start, endOfCharacters(text, start + size + searched.length));
    const { found, count } = findOccurrences(slice, searched, search);
    const from = byteLength(found);
    const end = Math.max(from, endOfCharacters(slice, size));
    yield { found, count, rest: slice.subarray(from, end) };
    start += end;
  }
}

function findOccurrences(slice: Uint8Array, searched: Buffer, search: string): Omit<Piece, "rest"> {
  const bytes = Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength);
  if (!bytes.includes(searched)) return { found: "", count: 0 };
  const decoded = decodeUtf8(slice)!;
  let count = 0;
  let end = 0;
  for (let at = decoded.indexOf(search); at !== -1; at = decoded.indexOf(search, end)) {
    count++;
    end = at + search.length;
  }
  return { found: decoded.slice(0, end), count };
}
