import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { sorted } from "./fixtures.js";

const DEFAULT_CAP = 100_000;

/** Tests where `grep` searches, and how many matches it returns. */
export const grepScopeCases: readonly ConformanceCase[] = [
  {
    id: "grep/path/directory",
    rule: "A search stays below its path, at any depth.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/src/a.txt", "/src/x/y/b.txt", "/c.txt", "/other/d.txt"]);
      equal("files", sorted(await t.found("x", "/src")), ["/src/a.txt", "/src/x/y/b.txt"]);
      equal("files with a slash", sorted(await t.found("x", "/src/")), ["/src/a.txt", "/src/x/y/b.txt"]);
    },
  },
  {
    id: "grep/path/prefix-sibling",
    rule: "A search of `/src` does not look into `/src-old`, nor into `/src.txt`.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/src/a.txt", "/src-old/b.txt", "/src.txt"]);
      equal("files", sorted(await t.found("x", "/src")), ["/src/a.txt"]);
    },
  },
  {
    id: "grep/path/wildcards-are-characters",
    rule: "`_` and `%` in the path stand for themselves.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a_b/1.txt", "/axb/2.txt", "/c%d/3.txt", "/cxxd/4.txt"]);
      equal("files", sorted(await t.found("x", "/a_b")), ["/a_b/1.txt"]);
      equal("files", sorted(await t.found("x", "/c%d")), ["/c%d/3.txt"]);
    },
  },
  {
    id: "grep/path/file",
    rule: "The path may be a file, which is then the only one searched.",
    source: "tools",
    async run(t) {
      await t.fill(["/src/a.txt", "/src/a.txt.bak", "/src/b.txt"]);
      equal("files", sorted(await t.found("x", "/src/a.txt")), ["/src/a.txt"]);
    },
  },
  {
    id: "grep/path/dotfiles",
    rule: "Files whose name begins with a dot, and those below such a directory, are searched.",
    source: "deepagents",
    async run(t) {
      const files = ["/.deepagents/AGENTS.md", "/d/.env", "/d/.hidden/e/a.txt"];
      await t.fill(files);
      equal("files", sorted(await t.found("x")), files);
      equal("files below /d", sorted(await t.found("x", "/d")), files.slice(1));
    },
  },
  {
    id: "grep/path/missing",
    rule: "A path that does not exist has no matches and is not an error.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.txt"]);
      equal("matches", await t.grep("x", "/missing"), []);
    },
  },
  ...[null, undefined, "/"].map(
    (path): ConformanceCase => ({
      id: `grep/path/${path === "/" ? "root" : path}`,
      rule: `A search with the path ${path} looks everywhere.`,
      source: "tools",
      needs: "ownRoot",
      async run(t) {
        await t.fill(["/a.txt", "/d/b.txt"]);
        const { matches } = await t.backend.grep("x", path, null, null);
        equal("files", sorted((matches ?? []).map((match) => match.path)), ["/a.txt", "/d/b.txt"]);
      },
    }),
  ),
  {
    id: "grep/glob/base-name-at-any-depth",
    rule: "A glob without a slash is matched with the base name, in every directory.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.ts", "/b.js", "/d/c.ts", "/d/e/f.ts", "/d/ts"]);
      equal("files", sorted(await t.found("x", "", "*.ts")), ["/a.ts", "/d/c.ts", "/d/e/f.ts"]);
    },
  },
  {
    id: "grep/glob/relative-path",
    rule: "A glob with a slash is matched with the path relative to the search's.",
    source: "ours",
    needs: "grepGlobs",
    async run(t) {
      await t.fill(["/src/a/x.ts", "/src/a/b/y.ts", "/src/c/a/z.ts", "/a/w.ts"]);
      equal("files", sorted(await t.found("x", "/src", "a/*.ts")), ["/src/a/x.ts"]);
      equal("files", sorted(await t.found("x", "/src", "**/a/*.ts")), ["/src/a/x.ts", "/src/c/a/z.ts"]);
    },
  },
  {
    id: "grep/glob/braces",
    rule: "Braces in a glob stand for each of their parts.",
    source: "ours",
    needs: "globSyntax",
    async run(t) {
      await t.fill(["/a.ts", "/b.js", "/c.md", "/d/e.js"]);
      equal("files", sorted(await t.found("x", "", "*.{ts,js}")), ["/a.ts", "/b.js", "/d/e.js"]);
    },
  },
  {
    id: "grep/glob/dotfiles",
    rule: "A glob matches names that start with a dot like any others.",
    source: "ours",
    needs: "grepGlobs",
    async run(t) {
      await t.fill(["/.a.ts", "/.d/b.ts"]);
      equal("files", sorted(await t.found("x", "", "*.ts")), ["/.a.ts", "/.d/b.ts"]);
    },
  },
  {
    id: "grep/glob/null",
    rule: "A glob of `null` is none: the tool always passes it.",
    source: "tools",
    async run(t) {
      await t.fill(["/a.ts", "/b"]);
      equal("files", sorted(await t.found("x", "", null)), ["/a.ts", "/b"]);
    },
  },
  {
    id: "grep/glob/empty-is-none",
    rule: "An empty glob is none, as in deepagents' own backends: models fill in what they do not need.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.ts", "/d/b"]);
      equal("files", sorted(await t.found("x", "", "")), ["/a.ts", "/d/b"]);
    },
  },
  {
    id: "grep/cap/exact-is-not-truncated",
    rule: "Exactly as many matches as allowed are not truncated: `truncated` tells the model that there are more.",
    source: "tools",
    async run(t) {
      await threeFiles(t);
      const answer = await t.backend.grep("x", t.at("/"), null, 6);
      equal("matches", answer.matches?.length, 6);
      check(answer.truncated !== true, "truncated", "not true, since there are no more", answer);
    },
  },
  {
    id: "grep/cap/more-is-truncated",
    rule: "With more matches than allowed, the allowed number is returned, and `truncated` is true.",
    source: "tools",
    async run(t) {
      await threeFiles(t);
      const answer = await t.backend.grep("x", t.at("/"), null, 5);
      const places = new Set(answer.matches?.map(({ path, line }) => `${path}:${line}`));
      equal("matches", [answer.matches?.length, places.size], [5, 5]);
      equal("truncated", answer.truncated, true);
    },
  },
  {
    id: "grep/cap/in-the-middle-of-a-file",
    rule: "The cap counts matches, not files.",
    source: "tools",
    async run(t) {
      await threeFiles(t);
      const answer = await t.backend.grep("x", t.at("/a.txt"), null, 1);
      equal(
        "matches",
        answer.matches?.map(({ line }) => line),
        [1],
      );
      equal("truncated", answer.truncated, true);
    },
  },
  {
    id: "grep/cap/zero",
    rule: "A cap of 0 returns no match and reports that there are some, as in deepagents.",
    source: "deepagents",
    async run(t) {
      await threeFiles(t);
      const { matches, truncated } = await t.backend.grep("x", t.at("/"), null, 0);
      equal("answer", { matches, truncated }, { matches: [], truncated: true });
    },
  },
  {
    id: "grep/cap/fewer-is-not-truncated",
    rule: "Fewer matches than allowed are returned in full.",
    source: "tools",
    async run(t) {
      await threeFiles(t);
      const answer = await t.backend.grep("x", t.at("/"), null, 7);
      equal("matches", answer.matches?.length, 6);
      check(answer.truncated !== true, "truncated", "not true", answer);
    },
  },
  {
    id: "grep/cap/glob-comes-first",
    rule: "Files excluded by the glob do not count against the cap.",
    source: "deepagents",
    async run(t) {
      await threeFiles(t);
      const answer = await t.backend.grep("x", t.at("/"), "c.*", 2);
      equal(
        "files",
        answer.matches?.map(({ path }) => t.below(path)),
        ["/c.txt", "/c.txt"],
      );
      check(answer.truncated !== true, "truncated", "not true", answer);
    },
  },
  {
    id: "grep/cap/default",
    rule: "Without a cap from the caller, 100,000 matches are returned and `truncated` is true if there are more.",
    source: "ours",
    needs: "strictInput",
    async run(t) {
      await t.write("/a.txt", "x\n".repeat(DEFAULT_CAP + 1));
      const { matches, truncated } = await t.backend.grep("x", t.at("/"));
      equal("number and truncated", [matches?.length, truncated], [DEFAULT_CAP, true]);
    },
  },
];

/** Creates three files of two matches each. */
const threeFiles = (t: CaseContext) => t.fill(["/a.txt", "/b.txt", "/c.txt"], "x\nx\n");
