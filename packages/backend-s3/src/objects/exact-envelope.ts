/** Start of an envelope as this package and the Python package write it, in bytes that are read of it. */
const HEAD = { bytes: 16, pattern: /^\{"content": ?\[[\]"]/ };

/** UTC, with the milliseconds of this package or the microseconds of Python, which leaves zeros out. */
const TIME = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}Z|(?:\.\d{6})?\+00:00)"`;
const TAIL = {
  bytes: 128,
  pattern: new RegExp(String.raw`[\["]\], ?"created_at": ?${TIME}, ?"modified_at": ?${TIME}\}$`),
};

const BACKSLASH = 0x5c;

/**
 * True for bytes that start and end exactly as an envelope does: three keys in their order, UTC times, no line breaks
 * within lines. Such an object is an envelope although it has lost its metadata and content type, as after a restore; a
 * JSON file of a user that merely has these keys is not.
 */
export function isExactEnvelope(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return (
    HEAD.pattern.test(bytes.toString("latin1", 0, HEAD.bytes)) &&
    TAIL.pattern.test(bytes.toString("latin1", Math.max(0, bytes.length - TAIL.bytes))) &&
    !hasEscapedNewline(bytes)
  );
}

/** Lines of an envelope have been split at their ends. */
function hasEscapedNewline(bytes: Buffer): boolean {
  for (let at = bytes.indexOf("\\n"); at !== -1; at = bytes.indexOf("\\n", at + 1)) {
    let backslashes = 1;
    while (bytes[at - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 1) return true;
  }
  return false;
}
