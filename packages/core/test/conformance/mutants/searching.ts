import { posix } from "node:path";
import type { Mutant } from "../mutant.js";

/** Defects of `grep` and `glob`. */
export const searchingMutants: readonly Mutant[] = [
  {
    defect: "a search finds half of a pair inside of a whole one",
    caughtBy: "grep/literal/half-of-a-pair",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) => {
        if (pattern.isWellFormed()) return backend.grep(pattern, path, glob, max);
        const { matches = [] } = await backend.grep("", path, glob, max);
        return { matches: matches.filter(({ text }) => text.includes(pattern)) };
      },
    }),
  },
  {
    defect: "the pattern is a regular expression",
    caughtBy: "grep/literal/regular-expression-1",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) => {
        const { matches } = await backend.grep("", path, glob, max);
        return { matches: matches?.filter(({ text }) => new RegExp(pattern).test(text)) ?? [] };
      },
    }),
  },
  {
    defect: "a search ignores case",
    caughtBy: "grep/literal/case-sensitive",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) => {
        const { matches } = await backend.grep("", path, glob, max);
        return {
          matches: matches?.filter(({ text }) => text.toLowerCase().includes(pattern.toLowerCase())) ?? [],
        };
      },
    }),
  },
  {
    defect: "as many matches as allowed are called truncated",
    caughtBy: "grep/cap/exact-is-not-truncated",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) => {
        const answer = await backend.grep(pattern, path, glob, max);
        return answer.matches?.length === max ? { ...answer, truncated: true } : answer;
      },
    }),
  },
  {
    defect: "omitted matches are not reported",
    caughtBy: "grep/cap/more-is-truncated",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { truncated: _, ...answer } = await backend.grep(...args);
        return answer;
      },
    }),
  },
  {
    defect: "matches are not in the order of paths",
    caughtBy: "order/grep/code-points",
    breaks: (backend) => ({
      grep: async (...args) => {
        const answer = await backend.grep(...args);
        return { ...answer, matches: answer.matches?.sort((a, b) => (a.path < b.path ? -1 : 1)) ?? [] };
      },
    }),
  },
  {
    defect: "the text of a match is trimmed",
    caughtBy: "grep/answer/match",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches } = await backend.grep(...args);
        return { matches: matches?.map((match) => ({ ...match, text: match.text.trim() })) ?? [] };
      },
    }),
  },
  {
    defect: "lines are counted from 0",
    caughtBy: "grep/answer/match",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches } = await backend.grep(...args);
        return { matches: matches?.map((match) => ({ ...match, line: match.line - 1 })) ?? [] };
      },
    }),
  },
  {
    defect: "matches have relative paths",
    caughtBy: "paths/spelling/answers-are-absolute",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches } = await backend.grep(...args);
        return { matches: matches?.map((match) => ({ ...match, path: match.path.slice(1) })) ?? [] };
      },
    }),
  },
  {
    defect: "a search of a file searches its directory",
    caughtBy: "grep/path/file",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) => {
        const isFile = path && (await backend.readRaw(path)).data;
        return backend.grep(pattern, isFile ? posix.dirname(path) : path, glob, max);
      },
    }),
  },
  {
    defect: "a glob without a slash is matched in the top directory only",
    caughtBy: "grep/glob/base-name-at-any-depth",
    breaks: (backend) => ({
      grep: (pattern, path, glob, max) => backend.grep(pattern, path, glob && `{,/}${glob}`, max),
    }),
  },
  {
    defect: "binary files are searched",
    caughtBy: "grep/binary/skipped-by-type",
    breaks: (backend) => ({
      grep: async (pattern, path, ...rest) => {
        const { matches = [] } = await backend.grep(pattern, path, ...rest);
        const { files = [] } = await backend.glob("**/*.pdf", path ?? "/");
        return {
          matches: [...files.map((file) => ({ path: file.path, line: 1, text: pattern })), ...matches],
        };
      },
    }),
  },
  {
    defect: "a failure is an empty list of matches",
    caughtBy: "grep/path/refused-is-an-error",
    breaks: (backend) => ({
      grep: async (...args) => ({ matches: (await backend.grep(...args)).matches ?? [] }),
    }),
  },
  {
    defect: "dotfiles are not searched",
    caughtBy: "grep/path/dotfiles",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.filter(({ path }) => !posix.basename(path).startsWith(".")) };
      },
    }),
  },
  {
    defect: "descendants of a dot directory are not searched",
    caughtBy: "grep/path/dotfiles",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.filter(({ path }) => !/\/\..*\//.test(path)) };
      },
    }),
  },
  {
    defect: "`*` crosses directories",
    caughtBy: "glob/star/does-not-cross-directories",
    breaks: (backend) => ({
      glob: (pattern, path) => backend.glob(pattern.replace(/(?<!\*)\*(?!\*)/g, "{*,**/*}"), path),
    }),
  },
  {
    defect: "`*` does not match dotfiles",
    caughtBy: "glob/star/matches-dotfiles",
    breaks: (backend) => ({
      glob: async (...args) => ({
        files: ((await backend.glob(...args)).files ?? []).filter((file) => !file.path.includes("/.")),
      }),
    }),
  },
  {
    defect: "a leading slash of a pattern finds nothing",
    caughtBy: "glob/leading-slash/stripped",
    breaks: (backend) => ({
      glob: (pattern, path) => (pattern.startsWith("/") ? { files: [] } : backend.glob(pattern, path)),
    }),
  },
  {
    defect: "directories are found",
    caughtBy: "glob/directory/is-not-found",
    breaks: (backend) => ({
      glob: async (pattern, path = "/") => {
        const { files = [] } = await backend.glob(pattern, path);
        const directories = ((await backend.ls(path)).files ?? []).filter((file) => file.is_dir);
        return { files: [...files, ...directories.filter((file) => file.path === `/${pattern}/`)] };
      },
    }),
  },
  {
    defect: "results have relative paths",
    caughtBy: "glob/answer/file-info",
    breaks: (backend) => ({
      glob: async (pattern, path = "/") => ({
        files: ((await backend.glob(pattern, path)).files ?? []).map((file) => ({
          ...file,
          path: posix.relative(path, file.path),
        })),
      }),
    }),
  },
  {
    defect: "braces stand for themselves",
    caughtBy: "glob/braces/alternatives",
    breaks: (backend) => ({
      glob: async (pattern, path) => (/[{}]/.test(pattern) ? { files: [] } : backend.glob(pattern, path)),
    }),
  },
  {
    defect: "braces of a search's glob stand for themselves",
    caughtBy: "grep/glob/braces",
    breaks: (backend) => ({
      grep: async (pattern, path, glob, max) =>
        /[{}]/.test(glob ?? "") ? { matches: [] } : backend.grep(pattern, path, glob, max),
    }),
  },
  {
    defect: "a search ends at a long line",
    caughtBy: "grep/lines/very-long",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        const long = matches.findIndex(({ text }) => text.length > 9_000);
        return { matches: matches.slice(0, long === -1 ? undefined : long) };
      },
    }),
  },
  {
    defect: "a long line is cut at its start",
    caughtBy: "grep/lines/very-long",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.map((match) => ({ ...match, text: match.text.slice(0, 500) })) };
      },
    }),
  },
  {
    defect: "a long pattern throws",
    caughtBy: "glob/nasty/long",
    breaks: (backend) => ({
      glob: async (pattern, path) => {
        if (pattern.length > 65_536) throw new TypeError("Input length exceeds the maximum");
        return backend.glob(pattern, path);
      },
    }),
  },
  {
    defect: "of a pattern with many stars only the first ones count",
    caughtBy: "glob/nasty/many-stars",
    breaks: (backend) => ({
      glob: (pattern, path) =>
        backend.glob(pattern.length > 100 ? `${pattern.slice(0, 100)}*` : pattern, path),
    }),
  },
  {
    defect: "`null` for a path is refused",
    caughtBy: "glob/path/null",
    breaks: (backend) => ({
      glob: async (pattern, path) =>
        path === null ? { error: "A path must be a string." } : backend.glob(pattern, path),
    }),
  },
  {
    defect: "`.` is refused as a path",
    caughtBy: "paths/spelling/dot",
    breaks: (backend) => ({
      ls: async (path) => (path === "." ? { error: "The path is not valid." } : backend.ls(path)),
    }),
  },
  {
    defect: "`.` deletes everything",
    caughtBy: "paths/spelling/dot",
    breaks: (backend) => ({ delete: (path) => backend.delete(path === "." ? "/" : path) }),
  },
  {
    defect: "an empty pattern finds everything",
    caughtBy: "glob/empty/finds-nothing",
    breaks: (backend) => ({ glob: (pattern, path) => backend.glob(pattern || "**", path) }),
  },
  {
    defect: "`!(...)` finds nothing instead of being refused",
    caughtBy: "glob/extglob/negation-refused",
    breaks: (backend) => ({
      glob: async (...args) => ({ files: (await backend.glob(...args)).files ?? [] }),
    }),
  },
  {
    defect: "the path of a search is a prefix of text",
    caughtBy: "glob/path/relative-any-depth",
    breaks: (backend) => ({
      glob: async (pattern, path = "/") => {
        const { files = [] } = await backend.glob("**", "/");
        const extension = posix.extname(pattern);
        return { files: files.filter((file) => file.path.startsWith(path) && file.path.endsWith(extension)) };
      },
    }),
  },
];
