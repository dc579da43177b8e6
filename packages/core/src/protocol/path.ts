import { describeValue } from "../support/describe-value.js";
import { RemoteBackendError } from "../support/errors.js";

/** Parsed path of the protocol. */
export interface ParsedPath {
  /** Segments joined by `/`, without a leading slash; empty for `/`. */
  readonly relative: string;
  /** True if the path can only name a directory: `/`, or a trailing slash. */
  readonly directory: boolean;
}

const CONTROL = /[\u0000-\u001f\u007f]/;

/** Returns the reason why a segment of a path is refused, if any. */
function fault(segment: string): string | undefined {
  if (segment === "." || segment === "..") {
    return `a segment may not be '${segment}': write the path out from '/'`;
  }
  return badCharacter(segment);
}

/** Describes a character in a text that no path may contain, if any. */
export function badCharacter(text: string): string | undefined {
  if (CONTROL.test(text)) return "control characters (U+0000 to U+001F, U+007F) are not allowed";
  return text.isWellFormed() ? undefined : "it contains half of a surrogate pair";
}

/**
 * Parses a path as deepagents passes it on: `a/b`, `./a/b` and `/a//b` mean `/a/b`, an empty path means `/`.
 *
 * `.` and `..` segments are refused rather than resolved, because deepagents' permission rules match the text of the
 * path: `/secret/./key` would slip past a rule for `/secret/**`.
 * @throws RemoteBackendError `invalid-path` with the reason.
 */
export function parsePath(input: unknown): ParsedPath {
  if (typeof input !== "string") {
    throw new RemoteBackendError(
      "invalid-path",
      `A path must be a string such as '/notes.txt', not ${describeValue(input)}.`,
    );
  }
  const segments = (input.startsWith("./") ? input.slice(2) : input).split("/").filter((s) => s !== "");
  for (const segment of segments) {
    const reason = fault(segment);
    if (reason !== undefined)
      throw new RemoteBackendError("invalid-path", `The path is not valid: ${reason}.`);
  }
  return { relative: segments.join("/"), directory: segments.length === 0 || input.endsWith("/") };
}

/** True if `parsePath` accepts it. */
export function isPath(input: unknown): boolean {
  try {
    parsePath(input);
    return true;
  } catch {
    return false;
  }
}

/**
 * True if a path can name the file that is stored under this relative name. Unreachable names (an empty segment left by
 * a foreign writer, a control character) are skipped by listings and searches.
 * @param relative Without a leading slash; a directory's may end in one `/`.
 */
export function isReachable(relative: string): boolean {
  const name = relative.endsWith("/") ? relative.slice(0, -1) : relative;
  return name.split("/").every((segment) => segment !== "" && fault(segment) === undefined);
}

/** Returns the last segment of a relative path. */
export const baseName = (relative: string): string => relative.slice(relative.lastIndexOf("/") + 1);
