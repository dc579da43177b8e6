import { createHash } from "node:crypto";
import { type CallTime, nextTurn } from "@deepagents-remote/core/adapter";

/** Number of characters or bytes to hash per turn of the event loop. */
const SLICE = 2 * 1024 * 1024;

/**
 * Returns a digest by which equal contents are recognized, whatever the format in which they are stored. A text and the
 * bytes of its encoding differ.
 * @throws RemoteBackendError `timeout`
 */
export async function digestOf(
  content: string | Uint8Array,
  isText: boolean,
  options?: CallTime,
): Promise<string> {
  const hash = createHash("sha256").update(isText ? "text\0" : "bytes\0");
  for (let start = 0; start < content.length; ) {
    if (start > 0) await nextTurn(options);
    const end = endOfSlice(content, start + SLICE);
    hash.update(content.slice(start, end));
    start = end;
  }
  return hash.digest("base64url");
}

/** Moves the end of a slice behind a surrogate pair that it would split. */
function endOfSlice(content: string | Uint8Array, end: number): number {
  const isSplit = typeof content === "string" && (content.charCodeAt(end) & 0xfc00) === 0xdc00;
  return isSplit ? end + 1 : end;
}
