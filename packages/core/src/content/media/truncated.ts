/**
 * True if a file of this type is incomplete, as after an interrupted download. Detects neither truncation of types
 * without an end marker nor damage in the middle.
 */
export function isTruncated(type: string, content: Uint8Array): boolean {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return CHECKS[type]?.(bytes) === false;
}

/** Type of the last chunk, as a number: a file may have millions of chunks. */
const IEND = 0x49454e44;

/** Checks a PNG: chunks up to IEND. */
function endsAsPng(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (bytes.readUInt32BE(at + 4) === IEND) return end <= bytes.length;
    at = end;
  }
  return false;
}

/**
 * Checks a JPEG: segments up to the image data, which ends with the first EOI. A preview inside a segment has an EOI of
 * its own.
 */
function endsAsJpeg(bytes: Buffer): boolean {
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    // Fill bytes may precede a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff) return false;
    if (bytes[at + 1] === 0xda) return bytes.indexOf("\xff\xd9", at, "latin1") !== -1;
    if (at + 4 > bytes.length) return false;
  }
  return false;
}

/** Checks a GIF: blocks up to the trailer. */
function endsAsGif(bytes: Buffer): boolean {
  const colors = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);
  let at = 13 + colors(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x3b) return true;
    if (block === 0x21) at += 2;
    else if (block === 0x2c) at += 11 + colors(bytes[at + 9] ?? 0);
    else return false;
    // Each sub-block is preceded by its length; a length of 0 ends the list.
    while (bytes[at]) at += 1 + bytes[at]!;
    at += 1;
  }
  return false;
}

/** Checks a RIFF file: its length follows the first four bytes. */
const endsAsRiff = (bytes: Buffer): boolean =>
  bytes.length >= 12 && bytes.readUInt32LE(4) + 8 <= bytes.length;

/** Checks a PDF: an end marker near the end, possibly followed by other data. */
const endsAsPdf = (bytes: Buffer): boolean => bytes.subarray(-64 * 1024).includes("%%EOF");

/** Checks a ZIP: the end record, whose last two bytes are the length of the comment that follows it. */
function endsAsZip(bytes: Buffer): boolean {
  const at = bytes.lastIndexOf("PK\x05\x06");
  return at !== -1 && at + 22 <= bytes.length && at + 22 + bytes.readUInt16LE(at + 20) <= bytes.length;
}

/**
 * Checks MP4 and QuickTime: boxes up to the end, each preceded by its length; 0 means the rest of the file, 1 an
 * extended length.
 */
function endsAsBoxes(bytes: Buffer): boolean {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    if (short === 0) return true;
    if (short === 1 && at + 16 > bytes.length) return false;
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (length < 8) return false;
    at += length;
  }
  return at === bytes.length;
}

const CHECKS: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  "image/png": endsAsPng,
  "image/jpeg": endsAsJpeg,
  "image/gif": endsAsGif,
  "image/webp": endsAsRiff,
  "application/pdf": endsAsPdf,
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": endsAsZip,
  "video/mp4": endsAsBoxes,
  "video/quicktime": endsAsBoxes,
  "video/3gpp": endsAsBoxes,
};
