/** Ranks a UTF-16 unit by code point: surrogates (astral characters) sort after U+E000..U+FFFF. */
const rank = (unit: number): number => {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
};

/**
 * Compares by code point, like UTF-8 bytes and PostgreSQL's `COLLATE "C"`; JavaScript's own order differs beyond the
 * Basic Multilingual Plane.
 * @returns Negative, zero or positive, for `Array.prototype.sort`.
 */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}
