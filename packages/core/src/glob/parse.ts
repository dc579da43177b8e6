import { RemoteBackendError } from "../support/errors.js";
import { parseClass } from "./class.js";
import { findPairs } from "./pairs.js";
import { anyOf, isRange, rangeValues } from "./range.js";
import {
  ANY,
  choice,
  END,
  literal,
  NOT_SLASH,
  type Node,
  repeat,
  SEGMENT_START,
  sequence,
} from "./syntax.js";

const ANYTHING = repeat(ANY, true, true);
const ANY_NAME = repeat(NOT_SLASH, true, true);
const A_SLASH = literal("/");

/** Parses a pattern without its leading `!`, `/` and `./`. Invalid syntax stands for itself. */
export function parse(text: string): Node {
  return new Parser(text).alternatives({ end: text.length, separators: "|" });
}

/** Part of a pattern that is being parsed: the whole pattern or the inside of a group. */
interface Scope {
  readonly end: number;
  /** Characters that start another alternative. */
  readonly separators: string;
}

class Parser {
  readonly #text: string;
  readonly #pairs: ReadonlyMap<number, number>;
  #at = 0;
  /**
   * Remaining number of values that ranges may expand to. Together with the pattern's length, it bounds the automaton.
   */
  #values = 1_000;

  constructor(text: string) {
    this.#text = text;
    this.#pairs = findPairs(text);
  }

  alternatives(scope: Scope): Node {
    const branches: Node[][] = [[]];
    while (this.#at < scope.end) {
      const branch = branches.at(-1)!;
      if (scope.separators.includes(this.#text[this.#at]!)) {
        branches.push([]);
        this.#at += 1;
      } else {
        branch.push(...this.#item(scope, branch.length === 0 || this.#text[this.#at - 1] === "/"));
      }
    }
    return choice(branches.map(sequence));
  }

  /** @param first True if a whole segment may start here. */
  #item(scope: Scope, first: boolean): readonly Node[] {
    const at = this.#at;
    const char = String.fromCodePoint(this.#text.codePointAt(at)!);
    if ("?*+@!".includes(char) && this.#opensGroup(at + 1)) return [this.#group(at + 1, char)];
    if (char === "*") return [this.#stars(scope, first)];
    if (char === "/") return this.#slash(scope);
    const close = this.#pairs.get(at);
    if (close !== undefined) {
      if (char === "(") return [this.#group(at, "@")];
      if (char === "{") return [this.#braces(at, close)];
      const inner = this.#text.slice(at + 1, close);
      this.#at = close + 1;
      return char === "[" ? [this.#repeated(parseClass(inner))] : literal(inner);
    }
    this.#at += char.length;
    return char === "?" ? [NOT_SLASH] : literal(char);
  }

  #stars(scope: Scope, first: boolean): Node {
    const start = this.#at;
    while (this.#text[this.#at] === "*") this.#at += 1;
    if (this.#opensGroup(this.#at)) this.#at -= 1; // The last star is the group's operator.
    if (!first || this.#at !== start + 2 || !this.#endsSegment(scope, this.#at)) return ANY_NAME;
    if (this.#text[this.#at] !== "/") return ANYTHING;
    this.#at += 1;
    return choice([sequence([ANYTHING, ...A_SLASH]), SEGMENT_START]);
  }

  #slash(scope: Scope): readonly Node[] {
    const afterStar = this.#text[this.#at - 1] === "*";
    const follows = (text: string) =>
      this.#text.startsWith(text, this.#at) && this.#endsSegment(scope, this.#at + text.length);
    while (follows("/**/**")) this.#at += 3;
    this.#at += 1;
    // As in picomatch, `a/**` also finds a file `a`, but only at the end of the pattern; `*/**` does not.
    if (afterStar || !follows("**") || !/^\*\*\)*$/.test(this.#text.slice(this.#at))) return A_SLASH;
    this.#at += 2;
    return [choice([sequence([...A_SLASH, ANYTHING]), END])];
  }

  #group(open: number, operator: string): Node {
    if (operator === "!") {
      throw refusal("!(...)", "List what should be found, or start the whole pattern with ! to negate it");
    }
    const special = /^\?[:=!<]/.exec(this.#text.slice(open + 1, open + 3));
    if (special) throw refusal(`(${special[0]}...)`, "Use @(a|b) for alternatives");
    const inner = this.#inside(open, "|");
    const node = operator === "@" ? inner : repeat(inner, operator !== "+", operator !== "?");
    if (this.#text[this.#at] !== "?" || this.#opensGroup(this.#at + 1)) return this.#repeated(node);
    this.#at += 1;
    return operator === "+" ? node : repeat(node, true, false); // picomatch's `+(a)?` is a lazy `+(a)`.
  }

  #braces(open: number, close: number): Node {
    const range = this.#text.slice(open + 1, close);
    if (!isRange(range)) return this.#repeated(this.#inside(open, "|,"));
    const values = rangeValues(range, this.#values);
    this.#values -= values.length;
    this.#at = close + 1;
    return this.#repeated(anyOf(values));
  }

  #inside(open: number, separators: string): Node {
    this.#at = open + 1;
    const node = this.alternatives({ end: this.#pairs.get(open)!, separators });
    this.#at += 1;
    return node;
  }

  /** Repeats brackets of any kind that a `+` follows, unless the `+` belongs to the next group. */
  #repeated(node: Node): Node {
    if (this.#text[this.#at] !== "+" || this.#opensGroup(this.#at + 1)) return node;
    this.#at += 1;
    return repeat(node, false, true);
  }

  #opensGroup(at: number): boolean {
    return this.#text[at] === "(" && this.#pairs.has(at);
  }

  #endsSegment({ end, separators }: Scope, at: number): boolean {
    return at === end || this.#text[at] === "/" || (at < end && separators.includes(this.#text[at]!));
  }
}

const refusal = (what: string, instead: string) =>
  new RemoteBackendError(
    "invalid-options",
    `The glob pattern uses ${what}, which is not supported. ${instead}.`,
  );
