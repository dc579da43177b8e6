/**
 * Longest literal that is searched natively, in UTF-16 units or bytes. V8 and Node may compare every position of a text
 * with the whole literal, which takes seconds for a hostile text of 1 MB.
 */
const ANCHOR = 32;

/** Longer literals are searched natively, too: no model writes them, and they would take four times their memory. */
const LONGEST = 256 * 1024;

/**
 * Literal that is found in linear time: a native search for its start, continued as by Knuth, Morris and Pratt where
 * that is found.
 */
export class Literal {
  readonly #literal: string;
  readonly #isNative: boolean;
  readonly #anchor: string;
  readonly #anchorBytes: Buffer;
  #borders: Uint32Array | undefined;

  constructor(literal: string) {
    this.#literal = literal;
    this.#isNative = literal.length <= ANCHOR || literal.length > LONGEST;
    this.#anchor = literal.slice(0, ANCHOR);
    // Without the last unit, which may be half of a surrogate pair.
    this.#anchorBytes = Buffer.from(this.#anchor).subarray(0, ANCHOR - 1);
  }

  /** False for UTF-8 that certainly does not contain the literal; true for all that contains its start. */
  mayBeIn(utf8: Uint8Array): boolean {
    return Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength).includes(this.#anchorBytes);
  }

  /** As `text.indexOf(literal, from)`. */
  indexOf(text: string, from = 0): number {
    if (this.#isNative) return text.indexOf(this.#literal, from);
    let start = text.indexOf(this.#anchor, from);
    while (start !== -1) {
      const { at, matched } = this.#extend(text, start + ANCHOR);
      if (matched === this.#literal.length) return at - matched;
      if (at === text.length) return -1;
      start = text.indexOf(this.#anchor, at - matched);
    }
    return -1;
  }

  /** As `text.split(literal)`. */
  split(text: string): string[] {
    if (this.#isNative) return text.split(this.#literal);
    const parts: string[] = [];
    let end = 0;
    for (let at = this.indexOf(text); at !== -1; at = this.indexOf(text, end)) {
      parts.push(text.slice(end, at));
      end = at + this.#literal.length;
    }
    parts.push(text.slice(end));
    return parts;
  }

  /**
   * Continues behind an anchor, until the literal has ended, the text has, or another anchor is needed.
   * @returns `matched`: the length of the literal's longest start that ends at `at`.
   */
  #extend(text: string, from: number): { at: number; matched: number } {
    this.#borders ??= bordersOf(this.#literal);
    const [literal, borders] = [this.#literal, this.#borders];
    let at = from;
    let matched = ANCHOR;
    while (matched >= ANCHOR && matched < literal.length && at < text.length) {
      const unit = text.charCodeAt(at++);
      while (matched > 0 && literal.charCodeAt(matched) !== unit) matched = borders[matched - 1]!;
      if (literal.charCodeAt(matched) === unit) matched++;
    }
    return { at, matched };
  }
}

/** Returns for each start of a text the length of its longest proper start that is also its end. */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let length = 0;
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    while (length > 0 && text.charCodeAt(length) !== unit) length = borders[length - 1]!;
    if (text.charCodeAt(length) === unit) length++;
    borders[i] = length;
  }
  return borders;
}
