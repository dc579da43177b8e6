import type { ReadResult } from "../../protocol/protocol.js";
import { check, equal } from "../assert.js";
import type { Limit } from "../capabilities.js";
import type { CaseContext } from "../context.js";
import { NotTried } from "../not-tried.js";

/** Returns the UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** PNG image of one pixel. */
export const PNG = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (c) => c.charCodeAt(0),
);

/** {@link PNG} in the form that `write` takes. */
export const PNG_BASE64 = btoa(String.fromCharCode(...PNG));

/** Invalid UTF-8: an impossible byte, an overlong form, a surrogate, a truncated sequence. */
export const INVALID_UTF8: Readonly<Record<string, Uint8Array>> = {
  impossible: Uint8Array.of(0x61, 0xff, 0x62),
  overlong: Uint8Array.of(0x61, 0xc0, 0xaf),
  surrogate: Uint8Array.of(0xed, 0xa0, 0x80),
  cut: Uint8Array.of(0x61, 0xe2, 0x82),
};

/** Every byte value once. */
export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Returns the lines `"line 1"` to `"line n"`, with a final newline. */
export const numbered = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => `line ${i + 1}\n`).join("");

/** Words that errors of `ls` and `delete` must not contain: deepagents infers absence, or a plain file, from them. */
export const READ_AS_ABSENCE = /not found|not a directory/i;

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;

/** Fails unless a time is ISO 8601 with a time zone; if `times` is promised, in UTC with milliseconds. */
export function isTime(t: CaseContext, what: string, time: string): void {
  const form = t.capabilities.times ? UTC : ZONED;
  check(form.test(time) && !Number.isNaN(Date.parse(time)), what, `a time like ${form}`, time);
}

type Window = Pick<ReadResult, "content" | "startLine" | "endLine" | "totalLines" | "nextOffset">;

/** Fails unless a read returns this content, and these positions if `positions` is promised. */
export function showsWindow(t: CaseContext, what: string, got: Window, expected: Window): void {
  const shown = ({ content, startLine, endLine, totalLines, nextOffset }: Window) =>
    t.capabilities.positions ? { content, startLine, endLine, totalLines, nextOffset } : { content };
  equal(what, shown(got), shown(expected));
}

/** Ends a case whose paths or files exceed a limit of the backend. @throws NotTried */
export function needsRoom(t: CaseContext, limit: Limit, bytes: number): void {
  const most = t.capabilities[limit];
  if (most === false || bytes <= most) return;
  throw new NotTried({
    status: "not-promised",
    reason: `${limit} is ${most}, and the case needs ${bytes}`,
    missing: [limit],
  });
}

/** Returns the paths sorted by code point, unlike JavaScript's own sort, which compares UTF-16 units. */
export const sorted = (paths: readonly string[]): string[] =>
  [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Lists the acceptable forms of a text with lone surrogates: unchanged, or with U+FFFD in their place. */
export const lossy = (text: string): readonly string[] => [
  text,
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text)),
];
