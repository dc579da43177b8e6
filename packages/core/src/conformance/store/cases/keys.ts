import { equal } from "../../assert.js";
import type { StoreRule } from "../options.js";

/** Characters with a special meaning in query languages, URLs, shells or file systems. */
const CHARACTERS: Readonly<Record<string, string>> = {
  percent: "%",
  underscore: "_",
  star: "*",
  question: "?",
  brackets: "[a-z]",
  backslash: "\\",
  quotes: "'\"`",
  blank: " ",
  "percent-encoded": "%2F%00",
  plus: "+",
  ampersand: "&;=#",
  dots: "..",
  astral: "\u{1f600}",
  last: "\u{10ffff}",
};

/** Pairs of names that some storages treat as equal. */
const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  case: ["readme.txt", "README.txt"],
  "unicode-forms": ["cafe\u0301.txt", "caf\u00e9.txt"],
  "blank-at-the-end": ["a", "a "],
  "dot-at-the-end": ["a", "a."],
  numbers: ["1", "01"],
};

/** Tests which keys can be stored, and that they name distinct files. */
export const keyCases: readonly StoreRule[] = [
  ...Object.entries(CHARACTERS).map(
    ([name, text]): StoreRule => ({
      id: `keys/characters/${name}`,
      rule: `\`${text}\` in a key is text, in every method: not a wildcard, an escape or a separator.`,
      async run(t) {
        const name = `d${text}d/f${text}f.txt`;
        const decoy = "dxd/fxf.txt";
        await t.write(name, "mine");
        await t.write(decoy, "other");
        await t.holds(name, "mine");
        equal("keys under the directory", await t.keys(`d${text}d/`), [name]);
        equal("keys under a part of the name", await t.keys(`d${text}d/f${text}`), [name]);
        equal("directories", await t.keys(`d${text}`, { recursive: false }), [`d${text}d/`]);
        equal("deleted below the directory", await t.delete(`d${text}d`, "descendants"), 1);
        await t.absent(name);
        await t.holds(decoy, "other");
      },
    }),
  ),
  ...Object.entries(PAIRS).map(
    ([name, [a, b]]): StoreRule => ({
      id: `keys/different/${name}`,
      rule: `\`${a}\` and \`${b}\` are two files.`,
      async run(t) {
        await t.write(a, "first");
        await t.write(b, "second");
        await t.holds(a, "first");
        await t.holds(b, "second");
        equal("keys", (await t.keys()).length, 2);
        equal("deleted", await t.delete(a, "all"), 1);
        equal("keys", await t.keys(), [b]);
      },
    }),
  ),
  {
    id: "keys/length/longest",
    rule: "A key of `capabilities.maxKeyBytes` bytes of UTF-8 can be stored, found and deleted.",
    async run(t) {
      const room = Number(t.capabilities.maxKeyBytes) - Buffer.byteLength(t.at(""));
      // File systems limit names to 255 bytes.
      const name = "\u00e9"
        .repeat(99)
        .concat("/")
        .repeat(Math.ceil(room / 199))
        .slice(0, room);
      const cut = Buffer.from(name)
        .subarray(0, room)
        .toString()
        .replace(/\ufffd$/, "x");
      const longest = cut.endsWith("/") ? `${cut.slice(0, -1)}x` : cut;
      equal("bytes of the key", Buffer.byteLength(t.at(longest)), t.capabilities.maxKeyBytes);
      await t.write(longest, "x");
      await t.holds(longest, "x");
      equal("keys", await t.keys(), [longest]);
      equal("deleted", await t.delete(longest, "all"), 1);
    },
  },
  {
    id: "keys/storage/empty-prefix",
    rule: "The empty prefix lists the whole storage, and deleting below the empty key empties it.",
    needs: "ownStorage",
    async run(t) {
      await t.fill(["a.txt", "d/b.txt"]);
      const options = { ...t.options, root: "" };
      const list = async (recursive: boolean) => {
        const keys: string[] = [];
        for await (const page of t.store.list("", { ...options, recursive }))
          keys.push(...page.map(({ key }) => key));
        return keys;
      };
      equal("keys", await list(true), [t.at("a.txt"), t.at("d/b.txt")]);
      equal("directories", await list(false), [t.at("")]);
      equal("deleted", await t.store.delete("", { ...options, scope: "descendants" }), {
        deleted: 2,
        failed: [],
      });
      equal("keys", await list(true), []);
    },
  },
];
