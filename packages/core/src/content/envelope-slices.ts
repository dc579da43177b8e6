import { constants } from "node:buffer";
import { type CallTime, nextTurn } from "../support/pace.js";
import type { Text } from "../text/lines.js";
import { isHighSurrogate, SLICE, textSlices, utf8Slices } from "../text/slices.js";
import { fillBytes } from "../text/utf8.js";
import { type Envelope, encodeEnvelope, envelopeWith } from "./codec.js";
import { decodeUtf8, toBytes } from "./content.js";

type TextEnvelope = Omit<Envelope, "content"> & { readonly content: Text };

/**
 * Serializes an envelope like `encodeEnvelope`, but to bytes and in slices.
 * @returns `undefined` if the result exceeds the maximum string length of Node, because other readers parse an envelope
 *   as a single string.
 * @throws RemoteBackendError `timeout`
 */
export async function encodeEnvelopeInSlices(
  file: TextEnvelope,
  options?: CallTime,
  size = SLICE,
): Promise<Uint8Array | undefined> {
  if (file.content.length <= size) {
    const [content = ""] = stringSlices(file.content, size);
    return toBytes(encodeEnvelope({ ...file, content }));
  }
  return encodeParts(() => envelopeParts(file, size), options);
}

/**
 * The UTF-8 of `{"content": [...]}` with the lines of a text, made in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function encodeLinesInSlices(text: Text, options?: CallTime, size = SLICE): Promise<Uint8Array> {
  const parts = function* () {
    yield '{"content":';
    yield* lineArrayParts(text, size);
    yield "}";
  };
  return (await encodeParts(parts, options))!;
}

/**
 * Encodes parts into an array of their length.
 * @param parts Makes the parts; called twice.
 * @returns `undefined` when they would not fit into one string.
 */
async function encodeParts(
  parts: () => Iterable<string>,
  options?: CallTime,
): Promise<Uint8Array | undefined> {
  let length = 0;
  for (const part of parts()) {
    length += Buffer.byteLength(part);
    await nextTurn(options);
  }
  return length > constants.MAX_STRING_LENGTH ? undefined : fillBytes(length, parts(), options);
}

/**
 * Yields the JSON of an envelope in parts. Each slice of the content continues the line in which the previous one
 * ended.
 */
function* envelopeParts({ content, ...file }: TextEnvelope, size: number): Generator<string> {
  const [head, tail] = splitAtContent(encodeEnvelope({ ...file, content: "" }));
  yield head;
  yield* lineArrayParts(content, size);
  yield tail;
}

/** The JSON of an array of the lines of a text that is not empty. */
function* lineArrayParts(text: Text, size: number): Generator<string> {
  yield '["';
  for (const slice of stringSlices(text, size)) yield JSON.stringify(slice.split("\n")).slice(2, -2);
  yield '"]';
}

function* stringSlices(text: Text, size: number): Generator<string> {
  if (typeof text === "string") yield* textSlices(text, size);
  else for (const slice of utf8Slices(text, size)) yield decodeUtf8(slice)!;
}

/** Splits the JSON of an envelope without lines into the parts before and after its array. */
function splitAtContent(json: string): [string, string] {
  // No key of that name follows `content`.
  const at = json.lastIndexOf(CONTENT) + CONTENT.length;
  return [json.slice(0, at - 2), json.slice(at)];
}

const CONTENT = '"content":[]';

/** Stands for the lines while the rest of an envelope is parsed. Cannot occur in a file. */
const PLACEHOLDER = "\u0000lines\u0000";

/** Collects the content of an envelope. */
export interface ContentSink {
  /**
   * Takes the next piece of the text.
   * @param text Well-formed text.
   */
  add(text: string): void;
  /** Returns the whole content. */
  content(): string | Uint8Array;
}

class TextSink implements ContentSink {
  #text = "";

  add(text: string): void {
    this.#text += text;
  }

  content(): string {
    return this.#text;
  }
}

/** Collects content as UTF-8, without a string of all of it and without joining parts. */
export class BytesSink implements ContentSink {
  readonly #bytes: Uint8Array;
  readonly #encoder = new TextEncoder();
  #end = 0;

  /** @param maxBytes Capacity. The size of the content's JSON always suffices; unused memory is not committed. */
  constructor(maxBytes: number) {
    this.#bytes = new Uint8Array(maxBytes);
  }

  /** Takes the next piece of the text. */
  add(text: string): void {
    this.#end += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#end)).written;
  }

  /** Returns the content. */
  content(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#end);
    return bytes.length * 2 < this.#bytes.length ? bytes.slice() : bytes;
  }
}

/**
 * `decodeEnvelope` in slices, for an envelope whose content is an array of strings.
 * @param slices Slices of UTF-8 that end at character boundaries. Their memory may be reused for the next slice.
 * @param sink Receives the content. Default: one that builds a string.
 * @returns `undefined` for anything else, other forms of envelopes included.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeEnvelopeSlices(
  slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options?: CallTime,
  sink: ContentSink = new TextSink(),
): Promise<Envelope | undefined> {
  const decoded = await decodeLinesSlices(slices, options, sink);
  return decoded && envelopeWith(decoded.content, decoded.fields);
}

/**
 * Decodes an object in JSON whose `content` is an array of strings, in slices: the lines as one text, and its fields, where
 * `content` has no meaning.
 * @param slices See `decodeEnvelopeSlices`, also for `sink` and for errors.
 * @returns `undefined` for anything else.
 */
export async function decodeLinesSlices(
  slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options?: CallTime,
  sink: ContentSink = new TextSink(),
): Promise<{ content: Text; fields: Readonly<Record<string, unknown>> } | undefined> {
  const head = new HeadScanner();
  const lines = new LineReader(sink);
  let before = "";
  let after = "";
  for await (let slice of slices) {
    if (!head.isDone) {
      const end = head.scan(slice);
      const text = decodeUtf8(slice.subarray(0, end));
      if (text === undefined) return undefined;
      before += text;
      slice = slice.subarray(end);
    }
    if (head.isDone) {
      const rest = lines.read(slice);
      const text = rest && decodeUtf8(rest);
      if (text === undefined) return undefined;
      after += text;
    }
    await nextTurn(options);
  }
  if (!lines.isDone) return undefined;
  const fields = parse(before.slice(0, -1) + JSON.stringify(PLACEHOLDER) + after);
  const isWhole = (fields as { content?: unknown } | undefined)?.content === PLACEHOLDER;
  return isWhole ? { content: sink.content(), fields: fields as Record<string, unknown> } : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Finds the array under the key `content` of the outermost object. */
class HeadScanner {
  isDone = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** The current string, or the last one read. */
  #string = "";
  /** `key`: a string at depth 1 has ended. `value`: that string was `content`, and a colon followed. */
  #after: "key" | "value" | undefined;

  /** @returns Offset after the opening bracket of the array; the end of the bytes if it is not among them. */
  scan(bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length && !this.isDone; i++) {
      if (this.#isInString) this.#takeInString(bytes[i]!);
      else if (!isSpace(bytes[i]!)) this.#take(bytes[i]!);
      if (this.isDone) return i + 1;
    }
    return bytes.length;
  }

  #take(byte: number): void {
    const after = this.#after;
    this.#after = undefined;
    if (byte === QUOTE) {
      this.#isInString = true;
      this.#string = "";
    } else if (byte === COLON) {
      if (after === "key" && this.#string === "content") this.#after = "value";
    } else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      this.isDone = after === "value" && byte === OPENING_BRACKET;
      this.#depth++;
    } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) this.#depth--;
  }

  #takeInString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#isInString = false;
      if (this.#depth === 1) this.#after = "key";
      return;
    }
    // Longer strings are not the key.
    if (this.#string.length < 8) this.#string += String.fromCharCode(byte);
  }
}

/** Bytes of `\u` and its four digits, the longest escape sequence. */
const ESCAPE_BYTES = 6;

/** Maximum white space between two strings, in bytes. No known writer emits more than indentation. */
const LONGEST_SEPARATOR = 1_024;

/**
 * Parses an array of strings as the lines of a text. Every slice but the last ends inside a string, so each becomes an
 * array of its own when quotation marks are added.
 */
class LineReader {
  isDone = false;
  readonly #sink: ContentSink;
  #isInString = false;
  /** Bytes after the last cut. */
  #rest: Uint8Array = new Uint8Array(0);
  /** First half of an escaped surrogate pair. */
  #half = "";

  constructor(sink: ContentSink) {
    this.#sink = sink;
  }

  /** @returns The bytes after the array; `undefined` if it is not an array of strings. */
  read(slice: Uint8Array): Uint8Array | undefined {
    if (this.isDone) return slice;
    const bytes = this.#rest.length === 0 ? slice : Buffer.concat([this.#rest, slice]);
    const { cut, isInString, isEnd } = scanLines(bytes, this.#isInString);
    if (cut === 0 && bytes.length > LONGEST_SEPARATOR) return undefined;
    const text = decodeUtf8(bytes.subarray(0, cut));
    if (text === undefined) return undefined;
    const lines = parse(`[${this.#isInString ? '"' : ""}${text}${isInString ? '"' : ""}]`);
    if (!Array.isArray(lines) || !lines.every((line) => typeof line === "string")) return undefined;
    this.#append(lines.join("\n"), isEnd);
    this.#isInString = isInString;
    this.isDone = isEnd;
    this.#rest = isEnd ? this.#rest : bytes.slice(cut);
    return isEnd ? bytes.subarray(cut + 1) : new Uint8Array(0);
  }

  #append(lines: string, isEnd: boolean): void {
    const joined = this.#half + lines;
    const end = !isEnd && isHighSurrogate(joined.charCodeAt(joined.length - 1)) ? -1 : joined.length;
    this.#sink.add(joined.slice(0, end).toWellFormed());
    this.#half = joined.slice(end);
  }
}

/**
 * Finds the position at which a slice of an array of strings may be cut.
 * @returns `isEnd`: the array ends at `cut`. Otherwise `cut` is the last position inside a string, outside of escape
 *   sequences and multi-byte characters; 0, with the initial state, if there is none.
 */
function scanLines(
  bytes: Uint8Array,
  startsInString: boolean,
): { cut: number; isInString: boolean; isEnd: boolean } {
  let isInString = startsInString;
  /** Offset of the last closing quotation mark. */
  let closed = -1;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (!isInString) {
      if (byte === CLOSING_BRACKET) return { cut: at, isInString, isEnd: true };
      isInString = byte === QUOTE;
      at++;
    } else if (byte === BACKSLASH) {
      const end = at + (bytes[at + 1] === 0x75 ? ESCAPE_BYTES : 2);
      if (end > bytes.length) break;
      at = end;
    } else {
      if (byte === QUOTE) {
        isInString = false;
        closed = at;
      }
      at++;
    }
  }
  if (isInString) return { cut: at, isInString, isEnd: false };
  if (closed >= 0) return { cut: closed, isInString: true, isEnd: false };
  return { cut: 0, isInString: startsInString, isEnd: false };
}
