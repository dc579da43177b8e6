import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { sorted } from "./fixtures.js";

/** Patterns that a model may send and that match no existing file. */
const NASTY: Readonly<Record<string, string>> = {
  "many-stars": `${"*a".repeat(500)}b`,
  "many-globstars": `${"**/".repeat(300)}b`,
  "nested-groups": `${"*(*(".repeat(100)}a${"))".repeat(100)}b`,
  "many-sets": `*a${"?".repeat(40)}b`,
  "many-braces": `${"{a,}".repeat(200)}b`,
  "open-brackets": `${"[".repeat(500)}${"(".repeat(500)}`,
  long: `${"x".repeat(100_000)}*`,
};

/** Tests the answers of `glob`. The meaning of patterns is tested in glob-patterns.ts. */
export const globCases: readonly ConformanceCase[] = [
  {
    id: "glob/answer/file-info",
    rule: "Each result is a file with its absolute path: a relative one bypasses permission rules.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/a.ts"]);
      const { files: found } = await t.backend.glob("*.ts", t.at("/d"));
      equal(
        "path",
        found?.map(({ path }) => path),
        [t.at("/d/a.ts")],
      );
      check(found?.[0]?.is_dir !== true, "is_dir", "not true", found);
    },
  },
  {
    id: "glob/answer/not-truncated",
    rule: "An answer that is complete does not say that there is more.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.ts"]);
      check((await t.backend.glob("*", t.at("/"))).truncated !== true, "truncated", "not true", true);
    },
  },
  {
    id: "glob/empty/finds-nothing",
    rule: "An empty pattern finds nothing or is an error: never an exception, and never every file.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.ts", "/lib/b.ts"]);
      const answer = await t.backend.glob("", t.at("/"));
      const isNothing = answer.files?.length === 0 || typeof answer.error === "string";
      check(isNothing, "glob of an empty pattern", "no files, or an error", answer);
    },
  },
  {
    id: "glob/path/undefined",
    rule: "Without a path the search starts at `/`: the tool passes none when the model gives none.",
    source: "tools",
    needs: "ownRoot",
    async run(t) {
      await t.fill(["/a.ts", "/d/b.ts"]);
      const answer = await t.backend.glob("**/*.ts", undefined);
      succeeds("glob", answer);
      equal("files", sorted((answer.files ?? []).map(({ path }) => path)), ["/a.ts", "/d/b.ts"]);
    },
  },
  {
    id: "glob/path/null",
    rule: "`null` for a path means `/`, in `glob` as in `grep`.",
    source: "ours",
    needs: ["spelling", "ownRoot"],
    async run(t) {
      await t.fill(["/a.ts", "/d/b.ts"]);
      const answer = await t.backend.glob("**/*.ts", null as never);
      succeeds("glob", answer);
      equal("files", sorted((answer.files ?? []).map(({ path }) => path)), ["/a.ts", "/d/b.ts"]);
    },
  },
  {
    id: "glob/path/wildcards-are-characters",
    rule: "`_`, `%` and `*` in the path of the search stand for themselves.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a_b/1.ts", "/axb/2.ts", "/c%d/3.ts", "/cxd/4.ts", "/e*/5.ts", "/ef/6.ts"]);
      equal("files", await t.glob("*", "/a_b"), ["/a_b/1.ts"]);
      equal("files", await t.glob("*", "/c%d"), ["/c%d/3.ts"]);
      equal("files", await t.glob("*", "/e*"), ["/e*/5.ts"]);
    },
  },
  {
    id: "glob/backslash/is-a-character",
    rule: "A backslash is a character of a name, in a pattern too.",
    source: "ours",
    needs: "anyName",
    async run(t) {
      await t.fill(["/a\\b.ts", "/ab.ts", "/a/b.ts"]);
      equal("files", await t.glob("a\\b.ts"), ["/a\\b.ts"]);
      equal("files", await t.glob("a\\*"), ["/a\\b.ts"]);
    },
  },
  {
    id: "glob/extglob/negation-refused",
    rule: "`!(...)` is refused with a sentence: an answer that quietly means something else is worse than none.",
    source: "ours",
    needs: ["strictInput", "globSyntax"],
    async run(t) {
      await t.fill(["/a.ts", "/b.js"]);
      refuses("glob", await t.backend.glob("!(a).ts", t.at("/")));
      refuses("glob", await t.backend.glob("**/!(*.js)", t.at("/")));
    },
  },
  {
    id: "glob/path/refused-is-an-error",
    rule: "A path that is refused is an error, not a search that found nothing.",
    source: "ours",
    needs: "strictPaths",
    async run(t) {
      refuses("glob", await t.backend.glob("*", t.at("/a/../b")));
    },
  },
  ...Object.entries(NASTY).map(
    ([name, pattern]): ConformanceCase => ({
      id: `glob/nasty/${name}`,
      rule: "A pattern that is long or deep is answered like any other or refused with a sentence: it never throws, finds what it does not mean, or blocks the process.",
      source: "ours",
      needs: "strictInput",
      async run(t) {
        await t.fill(Array.from({ length: 30 }, (_, i) => `/${"a".repeat(200)}${i}.txt`));
        const glob = await t.backend.glob(pattern, t.at("/"));
        const grep = await t.backend.grep("x", t.at("/"), pattern);
        for (const [method, found, { error }] of [
          ["glob", glob.files, glob],
          ["grep", grep.matches, grep],
        ] as const) {
          check((found?.length ?? 0) === 0, `${method} of ${name}`, "no files, or an error", found?.length);
          check(found !== undefined || typeof error === "string", method, "files, or an error", error);
        }
      },
    }),
  ),
  {
    id: "glob/cost/does-not-explode",
    rule: "A pattern of many stars is matched in reasonable time: it comes from a model, and the process serves everyone.",
    source: "ours",
    needs: "strictInput",
    async run(t) {
      const name = "a".repeat(250);
      await t.fill([`/${name}`]);
      equal("files", await t.glob("*a*a*a*a*a*a*a*a*b"), []);
      equal("files", await t.glob("*a*a*a*a*a*a*a*a*"), [`/${name}`]);
    },
  },
];
