/** The UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A picture of one pixel. */
export const PNG = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (c) => c.charCodeAt(0),
);

/** {@link PNG} as `write` takes it. */
export const PNG_BASE64 = btoa(String.fromCharCode(...PNG));

/** Bytes that are not UTF-8: an impossible byte, an overlong form, a surrogate, a cut sequence. */
export const INVALID_UTF8: Readonly<Record<string, Uint8Array>> = {
  impossible: Uint8Array.of(0x61, 0xff, 0x62),
  overlong: Uint8Array.of(0x61, 0xc0, 0xaf),
  surrogate: Uint8Array.of(0xed, 0xa0, 0x80),
  cut: Uint8Array.of(0x61, 0xe2, 0x82),
};

/** Every byte once. */
export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

/** `"line 1"` to `"line n"`, one a line, with a final newline. */
export const numbered = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => `line ${i + 1}\n`).join("");

/** What errors of `ls` and `delete` must not say: deepagents reads absence, or a plain file, from these words. */
export const READ_AS_ABSENCE = /not found|not a directory/i;

/** ISO 8601 in UTC with milliseconds. */
export const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Sorts by code point, as JavaScript's own sort does not: it goes by UTF-16 unit. */
export const byCodePoint = (paths: readonly string[]): string[] =>
  [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** The order of an answer that promises none. */
export const sorted = byCodePoint;

/** How a text with halves of surrogate pairs may come back: as it was, or with U+FFFD in their place. */
export const lossy = (text: string): readonly string[] => [
  text,
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text)),
];
