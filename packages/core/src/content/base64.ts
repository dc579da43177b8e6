import { type CallTime, nextTurn } from "../support/pace.js";
import { SLICE, textSlices } from "../text/slices.js";
import { joinChunks } from "../text/utf8.js";

/**
 * Decodes padded base64 (RFC 4648, section 4), also as a `data:` URL; white space is ignored. Strict, because models
 * send words where an image is expected, and many a word would decode to something.
 */
export const decodeBase64 = (text: string): Uint8Array | undefined => decodeDigits(withoutScheme(text));

const withoutScheme = (text: string): string => text.replace(/^\s*data:[^,]*;base64,/i, "");

const withoutSpace = (text: string): string => text.replace(/\s+/g, "");

function decodeDigits(text: string): Uint8Array | undefined {
  const digits = withoutSpace(text);
  const bytes = Buffer.from(digits, "base64");
  return bytes.toString("base64") === digits ? new Uint8Array(bytes) : undefined;
}

/** Bytes of base64 encode to groups of this many digits. */
const GROUP = 4;

/**
 * `decodeBase64` in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeBase64InSlices(
  text: string,
  options?: CallTime,
  size = SLICE,
): Promise<Uint8Array | undefined> {
  if (text.length <= size) return decodeBase64(text);
  const parts: Uint8Array[] = [];
  let rest = "";
  for (const slice of textSlices(withoutScheme(text), size)) {
    // Padding ends the digits.
    const isEnded = parts.at(-1) && parts.at(-1)!.length % 3 !== 0;
    const digits = rest + withoutSpace(slice);
    const end = digits.length - (digits.length % GROUP);
    const part = decodeDigits(digits.slice(0, end));
    if (!part || (isEnded && digits !== "")) return undefined;
    if (part.length > 0) parts.push(part);
    rest = digits.slice(end);
    await nextTurn(options);
  }
  return rest === "" ? joinChunks(parts) : undefined;
}
