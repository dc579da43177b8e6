import { compareCodePoints } from "@deepagents-remote/core/adapter";
import type { Listed, Match } from "./answers.js";
import type { Sources } from "./sources.js";

/** Expected results of the file tools, computed from the files on disk. */

export function expectedListing(sources: Sources, directory: string): Listed[] {
  const entries = new Map<string, Listed>();
  for (const [path, content] of sources) {
    if (!path.startsWith(`${directory}/`)) continue;
    const [name = "", ...rest] = path.slice(directory.length + 1).split("/");
    const entry = `${directory}/${name}`;
    if (rest.length > 0) entries.set(`${entry}/`, { path: `${entry}/` });
    else entries.set(entry, { path: entry, size: content.length });
  }
  return [...entries.values()].sort((a, b) => compareCodePoints(a.path, b.path));
}

export function expectedPaths(sources: Sources, extension: string): string[] {
  return [...sources.keys()].filter((path) => path.endsWith(extension)).sort(compareCodePoints);
}

export function expectedMatches(
  sources: Sources,
  pattern: string,
  directory: string,
  extension: string,
): Match[] {
  return expectedPaths(sources, extension)
    .filter((path) => path.startsWith(`${directory}/`))
    .flatMap((path) =>
      linesOf(sources, path).flatMap((text, index) =>
        text.includes(pattern) ? [{ path, line: index + 1, text }] : [],
      ),
    );
}

/** Splits a file into lines. A final newline does not start another line. */
export function linesOf(sources: Sources, path: string): string[] {
  const lines = (sources.get(path)?.toString("utf8") ?? "").split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Describes the first difference between two lists, if any. */
export function differs(got: readonly unknown[], wanted: readonly unknown[]): string | undefined {
  const [have, want] = [got.map((each) => JSON.stringify(each)), wanted.map((each) => JSON.stringify(each))];
  const at = want.findIndex((each, index) => each !== have[index]);
  if (at === -1 && have.length === want.length) return undefined;
  const index = at === -1 ? want.length : at;
  return `${have.length} entries where ${want.length} must be; entry ${index + 1} is ${have[index]}, not ${want[index]}`;
}

/** Describes the problem if a text has none of the expected beginnings. */
export function startsNot(answer: string, ...beginnings: string[]): string | undefined {
  if (beginnings.some((each) => answer.startsWith(each))) return undefined;
  return `"${answer.slice(0, 200)}" instead of "${beginnings.join('" or "')}"`;
}
