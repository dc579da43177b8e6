import { isUtf8 } from "node:buffer";
import { byteLength, decodeUtf8, isBinaryUpload, toBytes } from "../content/content.js";
import { type CallTime, nextTurn } from "../support/pace.js";
import { SLICE, textSlices, utf8Slices } from "./slices.js";

/**
 * `decodeUtf8` in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeUtf8InSlices(
  bytes: Uint8Array,
  options?: CallTime,
  size = SLICE,
): Promise<string | undefined> {
  return bytes.length <= size ? decodeUtf8(bytes) : decodeUtf8Slices(utf8Slices(bytes, size), options);
}

/**
 * Decodes slices of UTF-8, each ending at a character boundary.
 * @returns `undefined` if they are not valid UTF-8.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeUtf8Slices(
  slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options?: CallTime,
): Promise<string | undefined> {
  let text = "";
  for await (const slice of slices) {
    const decoded = decodeUtf8(slice);
    if (decoded === undefined) return undefined;
    text += decoded;
    await nextTurn(options);
  }
  return text;
}

/**
 * `toBytes` in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function encodeInSlices(
  content: string | Uint8Array,
  options?: CallTime,
  size = SLICE,
): Promise<Uint8Array> {
  if (typeof content !== "string" || content.length <= size) return toBytes(content);
  return fillBytes(await byteLengthInSlices(content, options, size), textSlices(content, size), options);
}

/**
 * `byteLength` in slices: computing it for 50 million characters beyond Latin-1 takes 170 ms.
 * @throws RemoteBackendError `timeout`
 */
export async function byteLengthInSlices(
  content: string | Uint8Array,
  options?: CallTime,
  size = SLICE,
): Promise<number> {
  if (typeof content !== "string" || content.length <= size) return byteLength(content);
  let length = 0;
  for (const slice of textSlices(content, size)) {
    length += byteLength(slice);
    await nextTurn(options);
  }
  return length;
}

/** Concatenates the bytes of texts in one buffer of the given length. */
export async function fillBytes(
  length: number,
  texts: Iterable<string>,
  options?: CallTime,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const encoder = new TextEncoder();
  let end = 0;
  for (const text of texts) {
    end += encoder.encodeInto(text, bytes.subarray(end)).written;
    await nextTurn(options);
  }
  return bytes;
}

/**
 * Regroups chunks of UTF-8 of any length into slices of whole characters. All slices share the same memory: each is
 * valid until the next one is requested.
 */
export async function* joinUtf8(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size = SLICE,
): AsyncGenerator<Uint8Array> {
  const joined = new Uint8Array(size);
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - length);
      joined.set(part, length);
      at += part.length;
      length += part.length;
      if (length < size) continue;
      const end = wholeCharacters(joined) || length;
      yield joined.subarray(0, end);
      joined.copyWithin(0, end, length);
      length -= end;
    }
  }
  if (length > 0) yield joined.subarray(0, length);
}

/** Returns the end of the last complete character. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at--) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + needed > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

/**
 * `fromUpload` in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function fromUploadInSlices(
  path: string,
  bytes: Uint8Array,
  options?: CallTime,
): Promise<string | Uint8Array> {
  if (isBinaryUpload(path, bytes)) return bytes;
  return (await decodeUtf8InSlices(bytes, options)) ?? bytes;
}

/**
 * True for valid UTF-8. Works in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function isUtf8InSlices(bytes: Uint8Array, options?: CallTime, size = SLICE): Promise<boolean> {
  for (const slice of utf8Slices(bytes, size)) {
    if (!isUtf8(slice)) return false;
    await nextTurn(options);
  }
  return true;
}

/**
 * `text.toWellFormed()` in slices: the same string if it is already well-formed.
 * @throws RemoteBackendError `timeout`
 */
export async function wellFormedInSlices(text: string, options?: CallTime, size = SLICE): Promise<string> {
  if (text.length <= size) return text.toWellFormed();
  for (const slice of textSlices(text, size)) {
    if (!slice.isWellFormed()) return text.toWellFormed();
    await nextTurn(options);
  }
  return text;
}

/**
 * Joins chunks into one array that owns its memory. Chunks are removed from the input as they are copied; a single
 * chunk is not copied if it owns its memory.
 */
export function joinChunks(chunks: Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first!.byteLength === first!.buffer.byteLength) return chunks.pop()!;
  let end = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = new Uint8Array(end);
  for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
    end -= chunk.length;
    bytes.set(chunk, end);
  }
  return bytes;
}
