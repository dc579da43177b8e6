/**
 * Cuts a part out of a text. Where it is small it is copied, because V8 keeps the whole text in memory for a part of it,
 * and an answer may be kept for a long time.
 * @param start In UTF-16 units, as `end`; neither may part a surrogate pair.
 */
export function copySlice(text: string, start: number, end: number): string {
  const part = text.slice(start, end);
  return part.length * 2 > text.length ? part : Buffer.from(part).toString();
}
