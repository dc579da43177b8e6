import { equal } from "../../assert.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";
import { manyNames } from "./fixtures.js";

const COUNT = 1_050;

/** True for children that are directories: some, and those on both sides of a page boundary at 1,000. */
const isDeep = (i: number): boolean => i % 50 === 0 || i === 999 || i === 1_000;

/** Pulls entries one at a time, and stops after the `count`th. */
async function firstKeys(t: StoreContext, count: number, recursive: boolean): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of t.store.list(t.at("d/"), { ...t.options, recursive })) {
    for (const { key } of page) {
      keys.push(t.below(key));
      if (keys.length === count) return keys;
    }
  }
  return keys;
}

/** Tests listings of more than one page. */
export const listPageCases: readonly StoreRule[] = [
  {
    id: "list/pages/recursive",
    rule: "More than 1,000 files are listed, each once, resumable after any of them; rolled up they are one entry.",
    async run(t) {
      const names = manyNames(COUNT).map((name, i) => (isDeep(i) ? `d/${name}/f.txt` : `d/${name}`));
      await t.fill(["a.txt", ...names, "z.txt"]);
      equal("keys", await t.keys("d/"), names);
      for (const i of [0, 500, 999, COUNT - 1]) {
        equal(`keys behind number ${i}`, await t.keys("d/", { after: names[i]! }), names.slice(i + 1));
      }
      equal("rolled up", await t.keys("", { recursive: false }), ["a.txt", "d/", "z.txt"]);
      equal("behind d/", await t.keys("", { recursive: false, after: "d/" }), ["z.txt"]);
    },
  },
  {
    id: "list/pages/rolled-up",
    rule: "More than 1,000 children are listed, directories among them, each once, resumable after any of them.",
    async run(t) {
      const children = manyNames(COUNT).map((name, i) => (isDeep(i) ? `d/${name}/` : `d/${name}`));
      await t.fill(children.flatMap((key, i) => (isDeep(i) ? [`${key}a.txt`, `${key}e/b.txt`] : [key])));
      equal("keys", await t.keys("d/", { recursive: false }), children);
      for (const i of [0, 501, 998, 999, COUNT - 1]) {
        const rest = await t.keys("d/", { recursive: false, after: children[i]! });
        equal(`keys behind number ${i}`, rest, children.slice(i + 1));
      }
    },
  },
  {
    id: "list/after/any-key",
    rule: "The key `after` may no longer exist, and keys of which it is a prefix come after it.",
    async run(t) {
      await t.fill(["a", "a-b", "ab/c", "b"]);
      equal("behind a-", await t.keys("", { after: "a-" }), ["a-b", "ab/c", "b"]);
      equal("behind a", await t.keys("", { after: "a" }), ["a-b", "ab/c", "b"]);
      equal("behind ab", await t.keys("", { after: "ab" }), ["ab/c", "b"]);
      equal("behind the directory", await t.keys("", { recursive: false, after: "ab/" }), ["b"]);
      equal("behind the end", await t.keys("", { after: "b" }), []);
    },
  },
  {
    id: "list/pages/broken-off",
    rule: "A caller may stop pulling, and a listing that resumes after the last entry misses and repeats nothing.",
    async run(t) {
      const names = manyNames(30).map((name) => `d/${name}`);
      await t.fill(names);
      const first = await firstKeys(t, 7, true);
      const rest = await t.keys("d/", { after: first.at(-1)! });
      equal("keys", [...first, ...rest], names);
    },
  },
  {
    id: "list/pages/while-others-change",
    rule: "Files that stay are listed exactly once while others are created and deleted between two pages.",
    async run(t) {
      const names = manyNames(COUNT);
      await t.fill(names.map((name) => `d/${name}`));
      const listed: string[] = [];
      let pages = 0;
      for await (const page of t.store.list(t.at("d/"), { ...t.options, recursive: true })) {
        listed.push(...page.map(({ key }) => t.below(key)));
        if (pages++ > 0) continue;
        await t.delete(`d/${names[3]}`, "file");
        await t.fill(["d/000000", "d/00500+", "d/99999"]);
      }
      const stay = new Set(names.filter((_, i) => i !== 3).map((name) => `d/${name}`));
      equal(
        "keys of those that stay",
        listed.filter((key) => stay.has(key)),
        [...stay],
      );
    },
  },
];
