/** Code point of `/`. */
export const SLASH = 0x2f;

/** Set of code points. */
export interface CharSet {
  /** Inclusive ranges, flat: low, high, low, high. */
  readonly ranges: readonly number[];
  /** True if the set is the complement of the ranges. */
  readonly negated: boolean;
}

/** Syntax tree of a pattern. */
export type Node =
  | { readonly kind: "one"; readonly of: CharSet }
  | { readonly kind: "sequence" | "choice"; readonly nodes: readonly Node[] }
  | { readonly kind: "repeat"; readonly node: Node; readonly optional: boolean; readonly many: boolean }
  | { readonly kind: "segment-start" | "end" };

/** Matches one code point out of `ranges`; with `negated`, one that is neither in them nor `/`. */
export const oneOf = (ranges: readonly number[], negated = false): Node => ({
  kind: "one",
  of: { ranges: negated ? [...ranges, SLASH, SLASH] : ranges, negated },
});

export const ANY = oneOf([0, 0x10ffff]);
export const NOT_SLASH = oneOf([], true);
/** Matches at the start of the path and after a `/`. */
export const SEGMENT_START: Node = { kind: "segment-start" };
/** Matches at the end of the path. */
export const END: Node = { kind: "end" };

/** Matches a text literally, code point by code point. */
export const literal = (text: string): Node[] =>
  Array.from(text, (char) => oneOf([char.codePointAt(0)!, char.codePointAt(0)!]));

export const sequence = (nodes: readonly Node[]): Node => ({ kind: "sequence", nodes });

export const choice = (nodes: readonly Node[]): Node =>
  nodes.length === 1 ? nodes[0]! : { kind: "choice", nodes };

/** Repeats a node: `optional` and `many` are the `?` and the `+` of regular expressions, together `*`. */
export const repeat = (node: Node, optional: boolean, many: boolean): Node => ({
  kind: "repeat",
  node,
  optional,
  many,
});

/** Returns the longest common prefix of `text` and everything that the tree matches. */
export function literalPrefix(tree: Node, text: string): string {
  let prefix = "";
  for (const node of tree.kind === "sequence" ? tree.nodes : []) {
    const [low, high, another] = node.kind === "one" && !node.of.negated ? node.of.ranges : [];
    if (low === undefined || low !== high || another !== undefined) break;
    const longer = prefix + String.fromCodePoint(low);
    if (!text.startsWith(longer)) break;
    prefix = longer;
  }
  return prefix;
}
