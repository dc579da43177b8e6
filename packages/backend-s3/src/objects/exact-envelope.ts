/** Start of an envelope as this package and the Python package write it, and the number of bytes to examine. */
const HEAD = { bytes: 16, pattern: /^\{"content": ?\[[\]"]/ };

/** UTC time with milliseconds (this package), or with microseconds, which Python omits if they are zero. */
const TIME = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}Z|(?:\.\d{6})?\+00:00)"`;
const TAIL = {
  bytes: 128,
  pattern: new RegExp(String.raw`[\["]\], ?"created_at": ?${TIME}, ?"modified_at": ?${TIME}\}$`),
};

const BACKSLASH = 0x5c;

/**
 * True if the bytes start and end exactly like an envelope: three keys in order, UTC times, no line breaks within
 * lines. Recognizes envelopes that lost their metadata and content type, for example in a restore, but not a user's
 * JSON file that happens to have these keys.
 */
export function isExactEnvelope(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return (
    HEAD.pattern.test(bytes.toString("latin1", 0, HEAD.bytes)) &&
    TAIL.pattern.test(bytes.toString("latin1", Math.max(0, bytes.length - TAIL.bytes))) &&
    !hasEscapedNewline(bytes)
  );
}

/** True if the bytes contain an escaped newline, which lines of an envelope never do. */
function hasEscapedNewline(bytes: Buffer): boolean {
  for (let at = bytes.indexOf("\\n"); at !== -1; at = bytes.indexOf("\\n", at + 1)) {
    let backslashes = 1;
    while (bytes[at - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 1) return true;
  }
  return false;
}
