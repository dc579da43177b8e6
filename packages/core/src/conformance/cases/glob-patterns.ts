import { equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { sorted } from "./fixtures.js";

const files = [
  "/.hidden/e.ts",
  "/.rc",
  "/a.ts",
  "/b.js",
  "/b2.js",
  "/lib/a.ts",
  "/lib/deep/er/c.ts",
  "/lib/deep/c.js",
  "/lib/d.md",
  "/lib2/a.ts",
];

const patterns: readonly {
  name: string;
  rule: string;
  pattern: string;
  path?: string;
  finds: readonly string[];
  /** The description of the tool mentions `*`, `**` and `?`; all other syntax is a promise. */
  needs?: "globSyntax";
}[] = [
  {
    name: "star/does-not-cross-directories",
    rule: "`*` stands for a part of one name and does not cross a slash.",
    pattern: "*.ts",
    finds: ["/a.ts"],
  },
  {
    name: "star/for-a-directory",
    rule: "`*` stands for one directory where it stands between slashes.",
    pattern: "*/a.ts",
    finds: ["/lib/a.ts", "/lib2/a.ts"],
  },
  {
    name: "star/matches-dotfiles",
    rule: "`*` matches names that start with a dot: `.env` and `.github` are files like any other.",
    pattern: "*",
    finds: ["/.rc", "/a.ts", "/b.js", "/b2.js"],
  },
  {
    name: "globstar/any-depth",
    rule: "`**/` stands for any number of directories, none among them, and for those that start with a dot.",
    pattern: "**/*.ts",
    finds: ["/.hidden/e.ts", "/a.ts", "/lib/a.ts", "/lib/deep/er/c.ts", "/lib2/a.ts"],
  },
  {
    name: "globstar/everything",
    rule: "`**` alone finds every file.",
    pattern: "**",
    finds: files,
  },
  {
    name: "globstar/in-the-middle",
    rule: "`**` in the middle stands for any number of directories, none among them.",
    pattern: "lib/**/c.*",
    finds: ["/lib/deep/c.js", "/lib/deep/er/c.ts"],
  },
  {
    name: "question-mark/one-character",
    rule: "`?` stands for exactly one character.",
    pattern: "b?.js",
    finds: ["/b2.js"],
  },
  {
    name: "class/one-of",
    rule: "`[...]` stands for one of its characters.",
    pattern: "[ac]*.ts",
    finds: ["/a.ts"],
    needs: "globSyntax",
  },
  {
    name: "class/range",
    rule: "`[0-9]` stands for one character of the range.",
    pattern: "b[0-9].js",
    finds: ["/b2.js"],
    needs: "globSyntax",
  },
  {
    name: "class/negated",
    rule: "`[^...]` stands for one character that is not among them.",
    pattern: "[^a].js",
    finds: ["/b.js"],
    needs: "globSyntax",
  },
  {
    name: "braces/alternatives",
    rule: "Braces stand for each of their parts, empty ones too.",
    pattern: "b{,2}.{js,ts}",
    finds: ["/b.js", "/b2.js"],
    needs: "globSyntax",
  },
  {
    name: "braces/with-slashes",
    rule: "Parts of braces may contain slashes.",
    pattern: "{lib,lib/deep}/c.js",
    finds: ["/lib/deep/c.js"],
    needs: "globSyntax",
  },
  {
    name: "extglob/one-of",
    rule: "`@(...)` stands for one of its parts.",
    pattern: "lib/@(a.ts|d.md)",
    finds: ["/lib/a.ts", "/lib/d.md"],
    needs: "globSyntax",
  },
  {
    name: "extglob/optional",
    rule: "`?(...)` stands for one of its parts or nothing.",
    pattern: "b?(2).js",
    finds: ["/b.js", "/b2.js"],
    needs: "globSyntax",
  },
  {
    name: "extglob/repeated",
    rule: "`+(...)` stands for its parts, once or more.",
    pattern: "+(b|2).js",
    finds: ["/b.js", "/b2.js"],
    needs: "globSyntax",
  },
  {
    name: "literal/name",
    rule: "A pattern without special characters finds the file of that name, here and nowhere else.",
    pattern: "a.ts",
    finds: ["/a.ts"],
  },
  {
    name: "literal/dot-is-no-wildcard",
    rule: "A dot stands for itself.",
    pattern: "a?ts",
    finds: ["/a.ts"],
  },
  {
    name: "literal/case-matters",
    rule: "Upper and lower case are different names.",
    pattern: "A.TS",
    finds: [],
  },
  {
    name: "leading-slash/stripped",
    rule: "A leading slash of the pattern is the search's own root: it is the example in the tool's description.",
    pattern: "/lib/**/*.ts",
    finds: ["/lib/a.ts", "/lib/deep/er/c.ts"],
  },
  {
    name: "directory/is-not-found",
    rule: "Only files are found: a name that only directories bear finds nothing.",
    pattern: "lib",
    finds: [],
  },
  {
    name: "path/relative",
    rule: "A pattern is relative to the path of the search.",
    pattern: "*.ts",
    path: "/lib",
    finds: ["/lib/a.ts"],
  },
  {
    name: "path/relative-any-depth",
    rule: "`**` starts at the path of the search and does not leave it for a sibling of the same beginning.",
    pattern: "**/*.ts",
    path: "/lib",
    finds: ["/lib/a.ts", "/lib/deep/er/c.ts"],
  },
  {
    name: "path/trailing-slash",
    rule: "The path may end in a slash.",
    pattern: "*.md",
    path: "/lib/",
    finds: ["/lib/d.md"],
  },
  {
    name: "path/leading-slash-pattern",
    rule: "With a path a leading slash of the pattern still means that path.",
    pattern: "/deep/*.js",
    path: "/lib",
    finds: ["/lib/deep/c.js"],
  },
  {
    name: "path/missing",
    rule: "A path that does not exist has no files and is not an error.",
    pattern: "**",
    path: "/missing",
    finds: [],
  },
];

/** Tests which files a pattern finds. */
export const globPatternCases: readonly ConformanceCase[] = patterns.map(
  ({ name, rule, pattern, path, finds, needs }): ConformanceCase => ({
    id: `glob/${name}`,
    rule,
    source: needs ? "ours" : "deepagents",
    ...(needs && { needs }),
    async run(t) {
      await t.fill(files);
      equal(`files found by ${pattern}`, sorted(await t.glob(pattern, path)), sorted(finds));
    },
  }),
);
