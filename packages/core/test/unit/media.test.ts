import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MEDIA_FILES, UTF16 } from "../../src/conformance/cases/media-files.js";
import { fromUpload } from "../../src/content/content.js";
import { detectType } from "../../src/content/media/detect.js";
import { SHOWN_TYPES, showBytes } from "../../src/content/media/show.js";
import { isTruncated } from "../../src/content/media/truncated.js";
import { utf16Name } from "../../src/content/media/utf16.js";

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

describe("detectType", () => {
  it.each([
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe1\0\x10Exif", "image/jpeg"],
    ["\xff\xd8\xff\xdb", "image/jpeg"],
    ["GIF87a", "image/gif"],
    ["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
    ["RIFF\0\0\0\0WAVEfmt ", "audio/wav"],
    ["RIFF\0\0\0\0AVI LIST", "video/x-msvideo"],
    ["RIFF\0\0\0\0CDR6", undefined],
    ["FORM\0\0\0\0AIFCFVER", "audio/aiff"],
    ["\0\0\0\x24ftypheix", "image/heic"],
    ["\0\0\0\x24ftypmif1", "image/heif"],
    ["\0\0\0\x24ftypavif", "image/avif"],
    ["\0\0\0\x14ftypqt  ", "video/quicktime"],
    ["\0\0\0\x14ftyp3gp4", "video/3gpp"],
    ["\0\0\0\x14ftypM4A ", "audio/mp4"],
    ["\0\0\0\x14ftypmp42", "video/mp4"],
    ["\x1a\x45\xdf\xa3\x9fB\x82\x84webm", "video/webm"],
    ["\x1a\x45\xdf\xa3\xa3B\x82\x88matroska", "video/x-matroska"],
    ["OggS\0\x02", "audio/ogg"],
    ["fLaC\0\0", "audio/flac"],
    ["FLV\x01\x05", "video/x-flv"],
    ["\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"],
    ["ID3\x03\0", "audio/mpeg"],
    ["\xff\xfb\x90\x64", "audio/mpeg"],
    ["\xff\xf1\x50\x80", "audio/aac"],
    ["\0\0\x01\xba", "video/mpeg"],
    ["\0\0\0\x08wide", "video/quicktime"],
    ["%PDF-1.7", "application/pdf"],
    [`${"\n".repeat(1_024)}%PDF-1.7`, "application/pdf"],
    [`${"\n".repeat(1_025)}%PDF-1.7`, undefined],
    ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"],
    ["PK\x03\x04", "application/zip"],
    ["\xff\xfe<\0", undefined],
    ["hello", undefined],
    ["", undefined],
  ])("of %j is %s", (start, type) => {
    expect(detectType(latin1(start))?.type).toBe(type);
  });

  it("recognizes an old PowerPoint file by its directory", () => {
    const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    const directory = Buffer.from("PowerPoint Document", "utf16le").toString("latin1");
    expect(detectType(latin1(ole + directory))?.type).toBe("application/vnd.ms-powerpoint");
  });

  it("does not depend on the offset of the bytes in their buffer", () => {
    const memory = new Uint8Array(1_000);
    memory.set(MEDIA_FILES.jpeg, 500);
    const jpeg = memory.subarray(500, 500 + MEDIA_FILES.jpeg.length);
    expect(detectType(jpeg)?.type).toBe("image/jpeg");
    expect(isTruncated("image/jpeg", jpeg)).toBe(false);
  });
});

describe("isTruncated", () => {
  it.each(["png", "jpeg", "gif", "webp", "pdf", "mp4", "pptx"] as const)(
    "distinguishes a whole %s from each part of it",
    (name) => {
      const whole = MEDIA_FILES[name];
      const { type } = detectType(whole)!;
      expect(isTruncated(type, whole)).toBe(false);
      // Between two boxes nothing tells that more should come, and a PDF may end in a newline.
      const last = whole.length - (name === "mp4" ? 9 : name === "pdf" ? 2 : 1);
      const complete = name === "mp4" ? [24, 32] : [];
      for (let end = 12; end <= last; end++) {
        if (!complete.includes(end))
          expect([end, isTruncated(type, whole.slice(0, end))]).toEqual([end, true]);
      }
    },
  );

  it.each(["png", "jpeg", "gif", "webp", "pdf"] as const)("%s may have trailing data", (name) => {
    const whole = MEDIA_FILES[name];
    const more = Uint8Array.from([...whole, 0, 0, 1, 2, 3]);
    expect(isTruncated(detectType(whole)!.type, more)).toBe(false);
  });

  it("is not fooled by the end of a preview in a JPEG", () => {
    const preview = "\xff\xe1\0\x0b\xff\xd8\xff\xd9preview";
    const jpeg = (end: string) => latin1(`\xff\xd8${preview.slice(0, 13)}\xff\xda\0\x02data${end}`);
    expect(isTruncated("image/jpeg", jpeg("\xff\xd9"))).toBe(false);
    expect(isTruncated("image/jpeg", jpeg(""))).toBe(true);
  });

  it("terminates for any bytes", () => {
    const types = [...Object.keys(SHOWN_TYPES)];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
        expect(typeof isTruncated(type, bytes)).toBe("boolean");
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });
});

describe("showBytes", () => {
  const json = latin1('{"error": 404}');
  it.each([
    [
      "/a.png",
      json,
      "File '/a.png' cannot be shown: its name says image/png, and its 14 bytes are JSON text. Store it under a name with the right extension",
    ],
    [
      "/a.pdf",
      latin1("<!doctype html>"),
      "File '/a.pdf' cannot be shown: its name says application/pdf, and its 15 bytes are HTML text. Store it under a name with the right extension",
    ],
    [
      "/a.gif",
      latin1("\x01\x02\xff"),
      "File '/a.gif' cannot be shown: its name says image/gif, and its 3 bytes are of an unknown type. Store it under a name with the right extension",
    ],
    [
      "/a.jpg",
      MEDIA_FILES.heic,
      "File '/a.jpg' is a picture that most models cannot be shown (image/heic, 32 bytes); convert it to JPEG or PNG",
    ],
    [
      "/a.heic",
      MEDIA_FILES.heic,
      "File '/a.heic' is a picture that most models cannot be shown (image/heic, 32 bytes); convert it to JPEG or PNG",
    ],
    [
      "/a.zip",
      MEDIA_FILES.zip,
      `File '/a.zip' is binary (application/zip, ${MEDIA_FILES.zip.length} bytes) and cannot be shown`,
    ],
    [
      "/a.bin",
      latin1("\xff\xfb\x90\x64"),
      "File '/a.bin' is binary (application/octet-stream, 4 bytes) and cannot be shown",
    ],
    [
      "/a.txt",
      UTF16.le,
      "File '/a.txt' is text in UTF-16LE (application/octet-stream, 28 bytes) and cannot be shown; convert it to UTF-8",
    ],
    ["/a.png", new Uint8Array(), "File '/a.png' is binary (image/png, 0 bytes) and cannot be shown"],
    [
      "/a.png",
      MEDIA_FILES.png.slice(0, 40),
      "File '/a.png' is truncated: its data (image/png, 40 bytes) ends too early to be shown",
    ],
  ])("of %s explains why not", (path, bytes, error) => {
    expect(showBytes(path, bytes)).toEqual({ error });
  });
});

describe("UTF-16", () => {
  it.each([
    ["little-endian", UTF16.le, "UTF-16LE"],
    ["big-endian", UTF16.be, "UTF-16BE"],
    ["two characters", latin1("a\0b\0"), "UTF-16LE"],
    ["German", new Uint8Array(Buffer.from("Größe: über 10 €\r\n", "utf16le")), "UTF-16LE"],
    ["with a mark", latin1("\xff\xfea\0"), "UTF-16LE"],
    ["a text with some NULs", latin1("one\0two\0three\0four\0"), undefined],
    ["fields that end in NUL", latin1("a\0b\0\0c"), undefined],
    ["NULs alone", new Uint8Array(16), undefined],
    ["an odd length", latin1("a\0b"), undefined],
    ["one character", latin1("a\0"), undefined],
    ["text", latin1("plain text"), undefined],
  ])("is distinguished: %s", (_, bytes, name) => {
    expect(utf16Name(bytes)).toBe(name);
    expect(typeof fromUpload("/a.txt", bytes)).toBe(name ? "object" : "string");
  });
});
