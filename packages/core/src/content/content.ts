import { isUint8Array } from "node:util/types";
import { utf16Name } from "./media/utf16.js";
import { isBinaryName, mimeTypeOfName } from "./mime.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Valid UTF-8 as a string, with its byte order mark if it has one; `undefined` for anything else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes of a file's content; a string as UTF-8. */
export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** How many bytes a file's content has; a string counts as UTF-8. */
export function byteLength(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
}

/**
 * A copy of bytes that their owner may change meanwhile; `slice()` of a Buffer is none.
 * @returns `undefined` for what are no bytes.
 */
export function copyBytes(value: unknown): Uint8Array | undefined {
  try {
    return isUint8Array(value) ? new Uint8Array(value) : undefined;
  } catch {
    // Its memory was transferred to another thread.
    return undefined;
  }
}

/**
 * Tells uploaded bytes apart: text is valid UTF-8 under a name that is not that of a binary type. NUL makes them
 * binary only where the extension says nothing, since tool results (`.txt`) and histories (`.md`) contain it. Text in
 * UTF-16 is binary: every second character of it would be a NUL.
 */
export function fromUpload(path: string, bytes: Uint8Array): string | Uint8Array {
  return isBinaryUpload(path, bytes) ? bytes : (decodeUtf8(bytes) ?? bytes);
}

/** True for bytes that are not text, valid UTF-8 or not. */
export const isBinaryUpload = (path: string, bytes: Uint8Array): boolean =>
  isBinaryName(path) ||
  (mimeTypeOfName(path) === undefined && bytes.includes(0)) ||
  utf16Name(bytes) !== undefined;

/**
 * Turns the string of a `write` into a file's content: text as it is, with lone surrogates replaced by U+FFFD
 * (no storage of UTF-8 can hold them); base64 under the name of a binary type.
 * @returns `undefined` when base64 was needed and something else came.
 */
export function fromWrite(path: string, content: string): string | Uint8Array | undefined {
  return isBinaryName(path) ? decodeBase64(content) : content.toWellFormed();
}

/**
 * Decodes base64 with its padding (RFC 4648, section 4), also as a `data:` URL; white space is ignored. Strict,
 * because models send words where a picture is due, and many a word would decode to something.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/^\s*data:[^,]*;base64,/i, "").replace(/\s+/g, "");
  const bytes = Buffer.from(digits, "base64");
  return bytes.toString("base64") === digits ? new Uint8Array(bytes) : undefined;
}
