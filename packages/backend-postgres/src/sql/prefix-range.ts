/**
 * A condition on paths that start with a prefix. `~>=~` and `~<~` compare bytes, as the index of `text_pattern_ops`
 * does; for UTF-8 that is by code point, under any collation. There is no upper bound in the text of a statement
 * that has none: `$2 IS NULL OR ...` would make the index scan run on to the end of the table.
 * @param first Number of the first parameter.
 */
export function prefixRange(column: string, prefix: string, first: number): PrefixRange {
  const end = endOfPrefix(prefix);
  const lower = `${column} ~>=~ $${first}::text`;
  if (end === undefined) return { condition: lower, parameters: [prefix] };
  return { condition: `${lower} AND ${column} ~<~ $${first + 1}::text`, parameters: [prefix, end] };
}

export interface PrefixRange {
  readonly condition: string;
  readonly parameters: readonly string[];
}

/** The smallest string behind all that start with a prefix; `undefined` when there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = last.codePointAt(0)! + 1;
    if (next <= 0x10ffff) return characters.join("") + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}
