import { PNG, utf8 } from "./fixtures.js";

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const join = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? latin1(part) : part)]));

/** Encodes a number in little-endian bytes. */
const number = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (value / 256 ** i) & 0xff);

/** Builds a ZIP archive with one empty file. */
function archive(name: string): Uint8Array {
  const fields = join(number(20, 2), number(0, 8), number(0, 12), number(name.length, 2), number(0, 2));
  const local = join("PK\x03\x04", fields, name);
  const central = join("PK\x01\x02", number(20, 2), fields, number(0, 14), name);
  return join(
    local,
    central,
    "PK\x05\x06",
    number(0, 4),
    number(1, 2),
    number(1, 2),
    number(central.length, 4),
    number(local.length, 4),
    number(0, 2),
  );
}

/** Small, valid files by type. */
export const MEDIA_FILES = {
  png: PNG,
  jpeg: latin1(
    atob(
      "/9j/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/" +
        "yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=",
    ),
  ),
  gif: latin1(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")),
  webp: latin1(atob("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")),
  heic: join("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "\0\0\0\x08mdat"),
  mp3: join("\xff\xfb\x90\x64", new Uint8Array(413)),
  wav: join(
    "RIFF",
    number(40, 4),
    "WAVEfmt ",
    number(16, 4),
    number(1, 2),
    number(1, 2),
    number(8_000, 4),
    number(8_000, 4),
    number(1, 2),
    number(8, 2),
    "data",
    number(4, 4),
    "\x80\x80\x80\x80",
  ),
  mp4: join("\0\0\0\x18ftypisom\0\0\x02\0isommp41", "\0\0\0\x08moov", "\0\0\0\x08mdat"),
  pdf: utf8(
    "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n" +
      "trailer\n<</Root 1 0 R>>\n%%EOF\n",
  ),
  pptx: archive("ppt/presentation.xml"),
  zip: archive("a.txt"),
} as const satisfies Readonly<Record<string, Uint8Array>>;

const WORDS = [...utf8("Windows text\r\n")];

/** UTF-16 text without a byte order mark. */
export const UTF16 = {
  le: Uint8Array.from(WORDS.flatMap((byte) => [byte, 0])),
  be: Uint8Array.from(WORDS.flatMap((byte) => [0, byte])),
} as const;
