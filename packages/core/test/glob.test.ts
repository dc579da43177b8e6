import { describe, expect, it } from "@jest/globals";
import { compileGlob } from "../src/glob/glob.js";
import { RemoteBackendError } from "../src/support/errors.js";

const found = (pattern: string, paths: readonly string[]) => paths.filter(compileGlob(pattern).matches);

describe("the matches of a pattern", () => {
  it.each<[pattern: string, finds: string[], leaves: string[]]>([
    // Stars and question marks stay in their segment; dots are ordinary.
    ["*", ["a", ".env", "a.b"], ["a/b"]],
    ["*.ts", ["a.ts", ".ts"], ["a.tsx", "src/a.ts"]],
    ["a*c", ["ac", "abc"], ["a/c", "abcd"]],
    ["?", ["a", "."], ["ab", "/"]],
    ["src/?.ts", ["src/a.ts"], ["src/ab.ts", "src/.ts"]],
    ["a.ts", ["a.ts"], ["abts", "b/a.ts", "A.ts"]],
    // Globstars.
    ["**", ["a", "a/b", ".git/config"], []],
    ["**/a", ["a", "x/a", "x/y/a"], ["xa", "a/b", "x/ya"]],
    ["**/*.ts", ["a.ts", "x/y/a.ts"], ["a.tsx"]],
    ["a/**", ["a", "a/b", "a/b/c"], ["ab", "b/a"]],
    ["a/**/**", ["a", "a/b/c"], ["ab"]],
    ["*/**", ["a/b", "a/b/c"], ["a"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "b"]],
    ["a/**b", ["a/b", "a/xb"], ["a/x/b"]],
    ["**.ts", ["a.ts", "x/y/a.ts"], ["a.tsx"]],
    ["src/**.ts", ["src/a.ts"], ["src/x/a.ts"]],
    ["@(a/**)", ["a", "a/b"], ["ab"]],
    ["+(a/**)", ["a", "a/b/a"], ["aa"]],
    // Classes.
    ["[ab]c", ["ac", "bc", "[ab]c"], ["cc", "abc"]],
    ["[^ab]c", ["cc"], ["ac", "/c"]],
    ["[a-c0-2]", ["b", "1"], ["d", "3", "-"]],
    ["[a-b]*", ["a", "bc"], ["[a-b]c", "-"]],
    ["[]a]", ["]", "a"], ["b"]],
    ["[^]a]", ["b"], ["]", "a"]],
    ["[a-]", ["a", "-"], ["b"]],
    ["[!a]", ["!", "a"], ["b"]],
    ["[[:alpha:]_]", ["x", "_"], ["1", ":"]],
    ["[[:digit:]][[:punct:]]", ["1-", "1~"], ["--", "1a"]],
    ["[[:none:]]", ["n]", ":]"], ["n", "x]"]],
    ["[*]", ["*"], ["a"]],
    ["app/[id]/*", ["app/[id]/page.tsx", "app/i/page.tsx"], ["app/x/page.tsx"]],
    ["app/[...slug]/page.tsx", ["app/[...slug]/page.tsx", "app/s/page.tsx"], ["app/slug/page.tsx"]],
    // Braces.
    ["*.{ts,tsx}", ["a.ts", "a.tsx"], ["a.t", "a.{ts,tsx}x"]],
    ["{a,b{c,d}}e", ["ae", "bce", "bde"], ["be", "ace"]],
    ["a{,b}", ["a", "ab"], ["b"]],
    ["{src,test/x}/**/*.ts", ["src/a.ts", "test/x/y/a.ts"], ["test/a.ts"]],
    ["{**/a,b}", ["a", "x/a", "b"], ["x/b", "xa"]],
    ["x{**/a,b}", ["xy/a", "xb"], ["xa"]],
    ["{(a,b)}*", ["{a,b}", "{a,b}c"], ["a,b", "a"]],
    ["(a{b)c,d}*", ["a{bc,d}", "a{bc,d}e"], ["a{bc", "{b)c"]],
    ["{a}*", ["{a}", "{a}b"], ["a"]],
    ["{}*", ["{}", "{}a"], ["a"]],
    ["{a|b,c}", ["a", "b", "c"], ["a|b"]],
    ["{@(a,b),c}", ["a,b", "c"], ["a", "b"]],
    // Extglobs and plain groups.
    ["?(a)b", ["b", "ab"], ["aab"]],
    ["*(a)b", ["b", "aaab"], ["cb"]],
    ["+(a|b)", ["a", "abba"], ["c", "abc"]],
    ["@(a|b).ts", ["a.ts", "b.ts"], ["ab.ts", ".ts"]],
    ["*(a|+(b|c))", ["aabca", "b"], ["ad"]],
    ["+(a|aa)", ["a", "aaa"], ["b"]],
    ["(a|b)c", ["ac", "bc"], ["c"]],
    ["(a|b)?c", ["ac", "c"], ["abc"]],
    ["+(a)?b", ["ab", "aab"], ["b"]],
    ["[a-c]+.ts", ["a.ts", "abc.ts"], [".ts", "a+.ts"]],
    ["a+.ts", ["a+.ts"], ["aa.ts"]],
    ["a**(b)", ["a", "axbb"], ["b"]],
    ["*.ts|*.js", ["a.ts", "a.js"], ["a.tsx"]],
    // Quotes.
    ['"a*"?', ["a*b"], ["axb"]],
    // Negation.
    ["!*.ts", ["a.js", "x/a.ts"], ["a.ts"]],
    ["!!*.ts", ["a.ts"], ["a.js"]],
    ["a!b", ["a!b"], ["ab"]],
    // The start.
    ["/src/*.ts", ["src/a.ts"], ["a.ts"]],
    ["./*.ts", ["a.ts"], ["x/a.ts"]],
    ["!/a", ["b"], ["a"]],
    ["!./a", ["b"], ["a"]],
    // Nothing.
    ["", [], ["a", ""]],
    ["/", [], ["a", "", "/"]],
    ["**", [], [""]],
    ["!a", [], [""]],
  ])("%s", (pattern, finds, leaves) => {
    expect(found(pattern, [...finds, ...leaves])).toEqual(finds);
  });

  it.each([
    "a(b",
    "a)b",
    "a[b",
    "a]b",
    "{a",
    "{a,b",
    "a}",
    'a"b',
    "@(a",
    "!(a",
    "[]",
    "[^]",
    "[[:alpha:]",
    "({a",
    "{(a}",
  ])("treats unmatched brackets literally: %s", (pattern) => {
    expect(found(`${pattern}?`, [`${pattern}x`, "ax", "abx", "bx"])).toEqual([`${pattern}x`]);
  });

  it("treats a backslash as a literal character", () => {
    expect(found("a\\*", ["a\\", "a\\b", "a*"])).toEqual(["a\\", "a\\b"]);
    expect(found("[\\a]", ["\\", "a", "[\\a]"])).toEqual(["\\", "a", "[\\a]"]);
    expect(found("\\{a,b}", ["\\a", "{a,b}"])).toEqual(["\\a"]);
  });

  it("counts code points", () => {
    expect(found("?", ["😀", "é", "e\u0301"])).toEqual(["😀", "é"]);
    expect(found("[😀-😂]", ["😁", "😃", "\ud83d"])).toEqual(["😁"]);
    expect(found("*😀", ["😀", "a😀", "\ude00"])).toEqual(["😀", "a😀"]);
  });

  it.each(["a+(b)", "report (1).txt", "x{1..3}", "[!a]", 'say "hi"', "a|b", "**a?", "!a[b"])(
    "finds a file whose name is the pattern: %s",
    (name) => {
      const { matches, prefix } = compileGlob(name);
      expect([matches(name), name.startsWith(prefix)]).toEqual([true, true]);
      expect(compileGlob(`/${name}`).matches(name)).toBe(true);
    },
  );
});

describe("ranges", () => {
  it.each([
    // Left: the pattern. Right: what bash makes of it.
    ["{1..12}", "1 2 3 4 5 6 7 8 9 10 11 12"],
    ["{01..10}", "01 02 03 04 05 06 07 08 09 10"],
    ["{9..011}", "009 010 011"],
    ["{-05..3}", "-05 -04 -03 -02 -01 000 001 002 003"],
    ["{-1..01}", "-1 00 01"],
    ["{2..-2}", "2 1 0 -1 -2"],
    ["{01..10..3}", "01 04 07 10"],
    ["{10..1..-3}", "10 7 4 1"],
    ["{1..3..0}", "1 2 3"],
    ["{a..e}", "a b c d e"],
    ["{e..a..2}", "e c a"],
    ["{a..5}", "{a..5}"],
    ["{aa..bb}", "{aa..bb}"],
    ["{1..}", "{1..}"],
  ])("%s", (pattern, values) => {
    const numbers = Array.from({ length: 40 }, (_, index) => index - 20);
    const candidates = new Set([
      ...values.split(" "),
      ..."abcdefA",
      ...numbers.flatMap((n) => [`${n}`, `${n}`.padStart(2, "0"), `${n}`.padStart(3, "0"), `-0${-n}`]),
    ]);
    expect(found(pattern, [...candidates]).sort()).toEqual(values.split(" ").sort());
  });

  it("combines with its surroundings", () => {
    expect(found("f{1..12}.ts", ["f1.ts", "f12.ts", "f13.ts", "f1"])).toEqual(["f1.ts", "f12.ts"]);
    expect(found("{{1..10},x}+", ["10", "x", "110x", "11"])).toEqual(["10", "x", "110x", "11"]);
    expect(found("{a..b,c}", ["a..b", "c", "b"])).toEqual(["a..b", "c"]);
  });
});

describe("refused patterns", () => {
  it.each([
    [
      "!(a)",
      /!\(\.\.\.\), which is not supported. List what should be found, or start the whole pattern with !/,
    ],
    ["src/!(a|b)/*.ts", /!\(\.\.\.\), which is not supported/],
    ["!!(a)", /!\(\.\.\.\), which is not supported/],
    ["{a,b!(c)}", /!\(\.\.\.\), which is not supported/],
    ["(?:a|b)", /\(\?:\.\.\.\), which is not supported. Use @\(a\|b\)/],
    ["a(?!b)*", /\(\?!\.\.\.\), which is not supported/],
    ["{1..1001}", /The range \{1\.\.1001\} brings the glob pattern to more than 1,000 values/],
    ["{1..600}/{1..600}", /more than 1,000 values/],
    ["{-999999999999999..999999999999999}", /more than 1,000 values/],
    ["a".repeat(1025), /1025 characters; at most 1,024/],
  ])("%s", (pattern, sentence) => {
    let thrown: unknown;
    try {
      compileGlob(pattern);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RemoteBackendError);
    expect(thrown).toMatchObject({ code: "invalid-options", message: expect.stringMatching(sentence) });
  });

  it.each(["{1..1000}", "{1..500}/{1..500}", "a".repeat(1024), "[!(]", '"!(a)"', "a(?)"])(
    "but not %s",
    (pattern) => {
      expect(() => compileGlob(pattern)).not.toThrow();
    },
  );
});

describe("the prefix", () => {
  it.each([
    ["src/a.ts", "src/a.ts"],
    ["src/**/*.ts", "src/"],
    ["src/**", "src"],
    ["src/ab*", "src/ab"],
    ["/src/*", "src/"],
    ["./src/*", "src/"],
    ["a\\b*", "a\\b"],
    ["😀*", "😀"],
    ["a(b*", "a(b"],
    ["*", ""],
    ["{ab,ac}", ""],
    ["a{b,c}", "a"],
    ["src/[id]/x", "src/"],
    ["src/*|test/*", ""],
    ['a"b"', "a"],
    ["a{1..1}", "a"],
    ["!a", ""],
    ["!!a", ""],
    ["!!(a", ""],
    ["", ""],
  ])("of %s is %s", (pattern, prefix) => {
    expect(compileGlob(pattern).prefix).toBe(prefix);
  });
});
