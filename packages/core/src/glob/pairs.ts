import { classEnd } from "./class.js";
import { isRange } from "./range.js";

/**
 * Finds paired brackets: the position at which each `(`, `{`, `[` and `"` that opens something closes. Unpaired ones,
 * and braces without a comma or a range, are omitted, as they are ordinary characters.
 */
export function findPairs(text: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: { readonly at: number; comma: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "[" || char === '"') {
      const end = char === "[" ? classEnd(text, i) : text.indexOf('"', i + 1);
      if (end === -1) continue;
      pairs.set(i, end);
      i = end;
    } else if (char === "(" || char === "{") {
      open.push({ at: i, comma: false });
    } else if (char === ",") {
      const inner = open.at(-1);
      if (inner) inner.comma = true;
    } else if (char === ")" || char === "}") {
      const index = open.findLastIndex(({ at }) => text[at] === (char === ")" ? "(" : "{"));
      const opener = open[index];
      if (!opener) continue;
      open.length = index;
      if (char === ")" || opener.comma || isRange(text.slice(opener.at + 1, i))) pairs.set(opener.at, i);
    }
  }
  return pairs;
}
