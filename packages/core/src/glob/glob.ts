import { badCharacter } from "../protocol/path.js";
import { RemoteBackendError } from "../support/errors.js";
import { compile } from "./compile.js";
import { matcher } from "./match.js";
import { parse } from "./parse.js";
import { literalPrefix } from "./syntax.js";

/** UTF-16 units. It bounds the automaton and how deep groups nest; no path is longer. */
const MAX_LENGTH = 1_024;

/** A compiled pattern. */
export interface Glob {
  /** Every path that matches starts with this string; it need not end at a `/`. */
  readonly prefix: string;
  /**
   * Tests a path.
   * @throws {RemoteBackendError} `invalid-options` for a pattern that turns out to be too complex for the paths.
   * @param path Relative to the directory that is searched, without a leading slash.
   */
  matches(path: string): boolean;
}

/**
 * Compiles a glob pattern. It means what it means to picomatch with `dot: true`, and matches in linear time: a path costs
 * two look-ups for each of its characters, whatever the pattern.
 *
 * What differs: backslash is a character, not an escape (`[*]` and `"*"` are literal stars); characters are code
 * points; numeric ranges count as in bash (`{1..12}`, `{01..10}`); brackets without a partner are characters; `**`
 * is a whole segment inside of groups too (`{**\/a,b}` finds `a`).
 *
 * @param pattern A leading `/` or `./` is ignored, a leading `!` negates; `""` matches nothing.
 * @throws {RemoteBackendError} `invalid-options` for what is no string, for `!(...)`, for groups of regular
 *   expressions such as `(?:...)`, for what no path contains, for more than 1,024 characters, and for ranges of more
 *   than 1,000 values together.
 */
export function compileGlob(pattern: string): Glob {
  if (typeof pattern !== "string") {
    throw new RemoteBackendError(
      "invalid-options",
      `A glob pattern must be a string such as '**/*.txt', not ${typeof pattern}.`,
    );
  }
  if (pattern.length > MAX_LENGTH) {
    throw new RemoteBackendError(
      "invalid-options",
      `The glob pattern has ${pattern.length} characters; at most 1,024 are supported. Use a shorter one.`,
    );
  }
  const reason = badCharacter(pattern);
  if (reason) throw new RemoteBackendError("invalid-options", `The glob pattern is not valid: ${reason}.`);
  const [, marks = "", text = ""] = /^(?:\.?\/)*((?:!(?!\())*)(?:\.?\/)*(.*)$/s.exec(pattern)!;
  const name = marks + text;
  // As in picomatch `**.ts` alone is `**/*.ts`, although `src/**.ts` stays in its directory.
  const tree = parse(text.replace(/^\*\*(?=(?:\.\w+)+$)/, "**/*"));
  const prefix = marks ? "" : literalPrefix(tree, name);
  const test = matcher(compile(tree));
  const negated = marks.length % 2 === 1;
  return {
    prefix,
    // As in picomatch, a pattern also finds the file of exactly that name, whatever its brackets mean.
    matches: (path) => path !== "" && path.startsWith(prefix) && (path === name || test(path) !== negated),
  };
}
