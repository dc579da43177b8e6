import { choice, literal, type Node, oneOf, sequence } from "./syntax.js";

const POSIX: Record<string, string> = {
  alnum: "a-zA-Z0-9",
  alpha: "a-zA-Z",
  ascii: "\x00-\x7f",
  blank: " \t",
  cntrl: "\x00-\x1f\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-/:-@[-`{-~",
  space: "\t-\r ",
  upper: "A-Z",
  word: "A-Za-z0-9_",
  xdigit: "A-Fa-f0-9",
};
const NAMED = `\\[:(${Object.keys(POSIX).join("|")}):\\]`;
const CLASS = new RegExp(
  `\\[(?:\\^|(?!\\^))(?:${NAMED}|(?!${NAMED}).)(?:${NAMED}|(?!${NAMED})[^\\]])*\\]`,
  "suy",
);
const MEMBER = new RegExp(`${NAMED}|(.)-(.)|.`, "gsu");
const SPECIAL = /[-*+?.^${}(|)[\]]/;

/**
 * Returns the position of the `]` that closes the class at `at`; -1 if the `[` is literal. A leading `]` is a member.
 */
export function classEnd(text: string, at: number): number {
  CLASS.lastIndex = at;
  return CLASS.test(text) ? CLASS.lastIndex - 1 : -1;
}

/**
 * Parses a class, given the text between its brackets. As in picomatch, `^` negates, `!` does not, and a class without
 * special characters also stands for itself, so that `app/[id]/*` finds the directory of that name.
 */
export function parseClass(inner: string): Node {
  const negated = inner.startsWith("^");
  const set = oneOf(members(negated ? inner.slice(1) : inner), negated);
  return SPECIAL.test(inner) ? set : choice([set, sequence(literal(`[${inner}]`))]);
}

function members(inner: string): number[] {
  return [...inner.matchAll(MEMBER)].flatMap(([char, name, low, high]) =>
    name ? members(POSIX[name]!) : [(low ?? char).codePointAt(0)!, (high ?? char).codePointAt(0)!],
  );
}
