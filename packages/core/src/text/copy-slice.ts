/**
 * `text.slice(start, end)`, copied when short: V8 slices keep the parent string alive, and an answer may live long.
 * @param start In UTF-16 units, like `end`; neither may split a surrogate pair.
 */
export function copySlice(text: string, start: number, end: number): string {
  const part = text.slice(start, end);
  return part.length * 2 > text.length ? part : Buffer.from(part).toString();
}
