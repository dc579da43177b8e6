import { badCharacter } from "../protocol/path.js";
import { RemoteBackendError } from "../support/errors.js";
import { compile } from "./compile.js";
import { matcher } from "./match.js";
import { parse } from "./parse.js";
import { literalPrefix } from "./syntax.js";

/** Longest pattern, in UTF-16 units. Bounds the automaton and the nesting of groups; no path is longer. */
const MAX_LENGTH = 1_024;

/** Compiled pattern. */
export interface Glob {
  /** Prefix of every path that matches; it need not end at a `/`. */
  readonly prefix: string;
  /**
   * Tests a path.
   * @param path Relative to the searched directory, without a leading slash.
   * @throws {RemoteBackendError} `invalid-options` if the pattern turns out to be too complex for the paths.
   */
  matches(path: string): boolean;
}

/**
 * Compiles a glob pattern. The semantics are those of picomatch with `dot: true`, and matching takes linear time: two
 * look-ups per character of a path, whatever the pattern.
 *
 * Differences to picomatch: backslash is a character, not an escape (`[*]` and `"*"` are literal stars); characters are
 * code points; numeric ranges count as in bash (`{1..12}`, `{01..10}`); unpaired brackets are literal; `**` is a whole
 * segment inside of groups too (`{**\/a,b}` finds `a`).
 *
 * @param pattern A leading `/` or `./` is ignored, a leading `!` negates; `""` matches nothing.
 * @throws {RemoteBackendError} `invalid-options` for a value that is not a string, for `!(...)`, for groups of regular
 *   expressions such as `(?:...)`, for characters that no path contains, for more than 1,024 characters, and for ranges
 *   of more than 1,000 values together.
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
    // As in picomatch, a pattern also matches the path that equals it literally, whatever its brackets mean.
    matches: (path) => path !== "" && path.startsWith(prefix) && (path === name || test(path) !== negated),
  };
}
