/** File type detected from the first bytes, or the kind of container. */
export interface DetectedType {
  readonly type: string;
  /** True if other kinds of files may start with the same bytes, so that the name must agree. */
  readonly isWeak?: true;
}

type Detector = (bytes: Buffer) => string | undefined;

/**
 * Detects the file types that deepagents knows, and types often found under their extensions. Hand-written, because the
 * established library for it (file-type) requires Node 22, is ESM-only and asynchronous.
 */
export function detectType(content: Uint8Array): DetectedType | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (const detect of STRONG) {
    const type = detect(bytes);
    if (type !== undefined) return { type };
  }
  for (const detect of WEAK) {
    const type = detect(bytes);
    if (type !== undefined) return { type, isWeak: true };
  }
  return undefined;
}

const startsWith =
  (type: string, ...starts: readonly string[]): Detector =>
  (bytes) =>
    starts.some((start) => bytes.toString("latin1", 0, start.length) === start) ? type : undefined;

/** In IFF and RIFF, the form follows the length. */
const form =
  (start: string, forms: Readonly<Record<string, string>>): Detector =>
  (bytes) =>
    bytes.toString("latin1", 0, 4) === start ? forms[bytes.toString("latin1", 8, 12)] : undefined;

const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/^he(ic|ix|vc|vx|im|is|vm|vs)/, "image/heic"],
  [/^m(if|sf)1/, "image/heif"],
  [/^avi[fs]/, "image/avif"],
  [/^qt {2}/, "video/quicktime"],
  [/^3g/, "video/3gpp"],
  [/^M4[AB]/, "audio/mp4"],
  [/^/, "video/mp4"],
];

const isoMedia: Detector = (bytes) => {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return undefined;
  const brand = bytes.toString("latin1", 8, 12);
  return BRANDS.find(([pattern]) => pattern.test(brand))![1];
};

const matroska: Detector = (bytes) => {
  if (bytes.toString("latin1", 0, 4) !== "\x1a\x45\xdf\xa3") return undefined;
  return bytes.toString("latin1", 0, 64).includes("webm") ? "video/webm" : "video/x-matroska";
};

/** The header may be preceded by up to 1,024 bytes (PDF 1.7, implementation note 13). */
const pdf: Detector = (bytes) =>
  bytes.subarray(0, 1_024 + 5).includes("%PDF-") ? "application/pdf" : undefined;

const zip: Detector = (bytes) => {
  if (bytes.toString("latin1", 0, 4) !== "PK\x03\x04") return undefined;
  return bytes.includes("ppt/presentation.xml")
    ? "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    : "application/zip";
};

const ole: Detector = (bytes) => {
  if (bytes.toString("latin1", 0, 8) !== "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") return undefined;
  return bytes.includes(Buffer.from("PowerPoint Document", "utf16le"))
    ? "application/vnd.ms-powerpoint"
    : "application/x-ole-storage";
};

const STRONG: readonly Detector[] = [
  startsWith("image/png", "\x89PNG\r\n\x1a\n"),
  startsWith("image/jpeg", "\xff\xd8\xff"),
  startsWith("image/gif", "GIF87a", "GIF89a"),
  form("RIFF", { WEBP: "image/webp", WAVE: "audio/wav", "AVI ": "video/x-msvideo" }),
  form("FORM", { AIFF: "audio/aiff", AIFC: "audio/aiff" }),
  isoMedia,
  matroska,
  startsWith("audio/ogg", "OggS"),
  startsWith("audio/flac", "fLaC"),
  startsWith("video/x-flv", "FLV\x01"),
  startsWith("video/x-ms-wmv", "\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
  zip,
  ole,
  pdf,
];

/** An MPEG audio frame starts with 11 set bits; the layer distinguishes MP3 (III) from AAC (none). */
const mpegAudio: Detector = (bytes) => {
  if (bytes[0] !== 0xff) return undefined;
  if ((bytes[1]! & 0xe6) === 0xe2) return "audio/mpeg";
  return (bytes[1]! & 0xf6) === 0xf0 ? "audio/aac" : undefined;
};

/** QuickTime files that predate `ftyp`. */
const quickTime: Detector = (bytes) =>
  ["moov", "mdat", "wide", "free"].includes(bytes.toString("latin1", 4, 8)) ? "video/quicktime" : undefined;

const WEAK: readonly Detector[] = [
  startsWith("audio/mpeg", "ID3"),
  mpegAudio,
  startsWith("audio/aac", "ADIF"),
  startsWith("video/mpeg", "\x00\x00\x01\xba", "\x00\x00\x01\xb3"),
  quickTime,
];
