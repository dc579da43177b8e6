/**
 * True if a file of this type ends before its end, as after an interrupted download. Says nothing about types without a
 * mark of their end, nor about damage in the middle.
 */
export function isTruncated(type: string, content: Uint8Array): boolean {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return CHECKS[type]?.(bytes) === false;
}

/** PNG: chunks up to IEND. */
function endsAsPng(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return end <= bytes.length;
    at = end;
  }
  return false;
}

/** JPEG: segments up to the image data, which ends with the first EOI; a preview in a segment has one of its own. */
function endsAsJpeg(bytes: Buffer): boolean {
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    // A marker may have fill bytes in front of it.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff) return false;
    if (bytes[at + 1] === 0xda) return bytes.indexOf("\xff\xd9", at, "latin1") !== -1;
    if (at + 4 > bytes.length) return false;
  }
  return false;
}

/** GIF: blocks up to the trailer. */
function endsAsGif(bytes: Buffer): boolean {
  const colors = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);
  let at = 13 + colors(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x3b) return true;
    if (block === 0x21) at += 2;
    else if (block === 0x2c) at += 11 + colors(bytes[at + 9] ?? 0);
    else return false;
    // Sub-blocks, each with its length in front; one of 0 ends them.
    while (bytes[at]) at += 1 + bytes[at]!;
    at += 1;
  }
  return false;
}

/** RIFF: the length behind the first four bytes. */
const endsAsRiff = (bytes: Buffer): boolean =>
  bytes.length >= 12 && bytes.readUInt32LE(4) + 8 <= bytes.length;

/** PDF: a mark in the last bytes, which other data may follow. */
const endsAsPdf = (bytes: Buffer): boolean => bytes.subarray(-64 * 1024).includes("%%EOF");

/** ZIP: the record at the end, whose last two bytes are the length of the comment behind it. */
function endsAsZip(bytes: Buffer): boolean {
  const at = bytes.lastIndexOf("PK\x05\x06");
  return at !== -1 && at + 22 <= bytes.length && at + 22 + bytes.readUInt16LE(at + 20) <= bytes.length;
}

/** MP4, QuickTime: boxes up to the end, each with its length in front; 0 means the rest, and 1 a longer length. */
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
