import { equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";

const names: Readonly<Record<string, string>> = {
  blanks: " a  b ",
  quotes: 'it\'s "quoted" `so`',
  percent: "100%41%2F%zz",
  plus: "a+b c",
  ampersand: "a&b=c?d#e",
  star: "a*b**",
  "question-mark": "what?",
  brackets: "[a-z]{b,c}(d|e)",
  backslash: "a\\b\\",
  tilde: "~a~",
  dollar: "$HOME $(x) $1",
  exclamation: "!(a) !b",
  "colon-and-bar": "C:a|b;c",
  "angle-brackets": "<a b=c>&lt;",
  dash: "--help",
  "comma-at-caret": "a,b@c^d",
  "tool-call-id": "functions_search:0",
  chinese: "日本語",
  "right-to-left": "שלום",
  emoji: "👩‍👩‍👧 😀",
  decomposed: "cafe\u0301",
  "line-separator": "a\u2028b",
  "no-break-space": "a\u00a0b",
  "byte-order-mark": "\ufeffa",
  "c1-control": "a\u0085b",
  noncharacter: "a\uffffb",
};

/** Names that are special or unsupported in most implementations of globs. */
const PATTERNS = { backslash: true, "line-separator": true };

/** Tests odd but valid names: every path that is not refused survives a round trip. */
export const roundTripCases: readonly ConformanceCase[] = Object.entries(names).map(
  ([id, name]): ConformanceCase => ({
    id: `paths/round-trip/${id}`,
    rule: `A name like ${JSON.stringify(name)} is an ordinary name, of a file and of a directory, for every method.`,
    source: id in PATTERNS ? "ours" : "tools",
    ...(id in PATTERNS && { needs: "anyName" as const }),
    async run(t) {
      const path = `/${name}/${name}.txt`;
      await t.write(path, "one\n");
      await t.holds(path, "one\n");
      equal("read", (await t.read(path)).content, "one\n");
      equal("ls of the parent", await t.ls("/"), [`/${name}/`]);
      equal("ls", await t.ls(`/${name}`), [path]);
      equal("glob", await t.glob("**/*.txt"), [path]);
      equal("glob below", await t.glob("*", `/${name}`), [path]);
      equal("grep", await t.grep("one", path), [{ path, line: 1, text: "one" }]);
      await t.edit(path, "one", "two");
      if (t.capabilities.transfer) {
        await t.upload([path, await t.bytes(path)]);
        await t.holds(path, "two\n");
      }
      if (t.capabilities.delete) {
        succeeds("delete", await t.backend.delete(t.at(`/${name}`)));
        equal("ls after", await t.ls("/"), []);
      }
    },
  }),
);
