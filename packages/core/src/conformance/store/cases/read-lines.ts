import type { StoredLines } from "../../../store/file-store.js";
import { cutLines } from "../../../text/lines.js";
import { equal } from "../../assert.js";
import { ALL_BYTES, numbered, utf8 } from "../../cases/fixtures.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";
import { AWKWARD_TEXTS } from "./fixtures.js";

const TEXTS: Readonly<Record<string, string>> = {
  ...AWKWARD_TEXTS,
  numbered: numbered(20),
  "blank-lines": "\n\none\n\n\ntwo\n\n",
  "one-newline": "\n",
  // Longer than a store may process at once.
  long: numbered(20_000),
  "long-without-final-newline": numbered(20_000).slice(0, -1),
  "long-with-nul": numbered(20_000).replace("line 7\n", "line \0 7\n"),
};

/** Lists windows at the edges of a text of `total` lines. */
function windows(total: number): [offset: number, limit: number][] {
  const offsets = [0, 1, 2, total - 2, total - 1, total, total + 1, 1_000_000];
  const limits = [0, 1, 2, 3, total - 1, total, total + 1, 500, Number.POSITIVE_INFINITY];
  return offsets.flatMap((offset) =>
    limits.filter((limit) => offset >= 0 && limit >= 0).map((limit): [number, number] => [offset, limit]),
  );
}

/** Compares windows of a file with those cut out of the whole text. */
async function windowsAre(t: StoreContext, name: string, text: string, all: readonly [number, number][]) {
  for (const [offset, limit] of all) {
    const answer = await t.store.readLines(t.at(name), offset, limit, t.options);
    const { version: _, ...window }: Partial<StoredLines> = typeof answer === "object" ? answer : {};
    equal(`lines of ${name} from ${offset}, ${limit} at most`, window, cutLines(text, offset, limit));
  }
}

/** Compares the store's own windows of lines with those cut out of the result of `get`. */
export const readLinesCases: readonly StoreRule[] = [
  ...Object.entries(TEXTS).map(
    ([name, text]): StoreRule => ({
      id: `read-lines/windows/${name}`,
      rule: "Any window has the same lines as one cut out of the whole text; past the end there are none, and no error.",
      needs: "readLines",
      async run(t) {
        await t.write("a.txt", text);
        const { total } = cutLines(text, 0, 0);
        await windowsAre(t, "a.txt", text, windows(total));
      },
    }),
  ),
  {
    id: "read-lines/windows/swapped",
    rule: "After each write the window shows the new text.",
    needs: "readLines",
    async run(t) {
      let file = await t.write("a.txt", "one\n");
      for (const text of [numbered(20_000), "two", "", "a\0b\n", numbered(3)]) {
        file = await t.swap(file, text);
        await windowsAre(t, "a.txt", text, [
          [0, 2],
          [1, 2],
        ]);
      }
    },
  },
  {
    id: "read-lines/large/text",
    rule: "Windows at the beginning, in the middle and at the end of a text of 5 MB are right.",
    needs: "readLines",
    async run(t) {
      const lines = 400_000;
      const text = numbered(lines).replaceAll("line", "l\u00edn\u{1f600}");
      await t.write("a.txt", text);
      await windowsAre(t, "a.txt", text, [
        [0, 3],
        [lines / 2, 500],
        [lines - 3, 3],
        [lines - 3, 500],
        [lines, 1],
      ]);
    },
  },
  {
    id: "read-lines/answer/absent",
    rule: "A file that is certainly absent is `undefined`, a directory too.",
    needs: "readLines",
    async run(t) {
      await t.write("d/a.txt", "x\n");
      for (const name of ["no", "d", "d/a", "d/a.txt/b"]) {
        equal(`lines of ${name}`, await t.store.readLines(t.at(name), 0, 500, t.options), undefined);
      }
    },
  },
  {
    id: "read-lines/answer/not-text",
    rule: "Bytes are `not-text`, even if they are valid text.",
    needs: "readLines",
    async run(t) {
      await t.write("a.bin", ALL_BYTES);
      await t.write("a.png", utf8("words\n"));
      await t.write("data", utf8("a\0b\n"));
      for (const name of ["a.bin", "a.png", "data"]) {
        equal(`lines of ${name}`, await t.store.readLines(t.at(name), 0, 500, t.options), "not-text");
      }
    },
  },
  {
    id: "read-lines/answer/version",
    rule: "A window carries the version that `get` returns, in every format of a text, also past the end.",
    needs: "readLines",
    async run(t) {
      let file = await t.write("a.txt", "one\n");
      for (const text of [
        numbered(20_000),
        "two",
        "",
        "a\0b\n",
        numbered(200_000).replaceAll("line", "long line"),
      ]) {
        file = await t.swap(file, text);
        for (const offset of [0, 1, 1_000_000]) {
          const window = await t.store.readLines(t.at("a.txt"), offset, 2, t.options);
          equal(`version from line ${offset}`, (window as Partial<StoredLines>).version, file.version);
        }
      }
    },
  },
  {
    id: "read-lines/fresh/another-instance",
    rule: "A change of another instance is visible immediately.",
    needs: "readLines",
    async run(t) {
      const other = await t.open();
      await t.write("a.txt", "one\n");
      await windowsAre(t, "a.txt", "one\n", [[0, 5]]);
      await t.swap(await t.file("a.txt", other), "two\nthree\n", undefined, other);
      await windowsAre(t, "a.txt", "two\nthree\n", [[0, 5]]);
    },
  },
];
