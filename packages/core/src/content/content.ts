import { isUint8Array } from "node:util/types";
import { utf16Name } from "./media/utf16.js";
import { isBinaryName, mimeTypeOfName } from "./mime.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, keeping a byte order mark; returns `undefined` if it is invalid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Returns the bytes of a file's content; a string is encoded as UTF-8. */
export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** True if two contents are equal, and both text or both bytes. */
export function isSameContent(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return Buffer.compare(a, b) === 0;
}

/** Returns the size of a file's content in bytes; a string counts as UTF-8. */
export function byteLength(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
}

/**
 * Copies bytes that their owner may change later; `slice()` of a Buffer does not copy.
 * @returns `undefined` for a value that is not bytes.
 */
export function copyBytes(value: unknown): Uint8Array | undefined {
  try {
    return isUint8Array(value) ? new Uint8Array(value) : undefined;
  } catch {
    // The memory was transferred to another thread.
    return undefined;
  }
}

/**
 * Classifies uploaded bytes: text is valid UTF-8 under a name without a binary extension. NUL makes content binary only
 * if the extension is inconclusive, since tool results (`.txt`) and histories (`.md`) may contain it. UTF-16 text is
 * binary: as UTF-8, every second character would be NUL.
 */
export function fromUpload(path: string, bytes: Uint8Array): string | Uint8Array {
  return isBinaryUpload(path, bytes) ? bytes : (decodeUtf8(bytes) ?? bytes);
}

/** True for bytes that are not text, even if they are valid UTF-8. */
export const isBinaryUpload = (path: string, bytes: Uint8Array): boolean =>
  isBinaryName(path) ||
  (mimeTypeOfName(path) === undefined && bytes.includes(0)) ||
  utf16Name(bytes) !== undefined;
