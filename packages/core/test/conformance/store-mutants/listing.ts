import type { Entry } from "../../../src/adapter.js";
import { changes, isFile, pages, type StoreMutant } from "./mutant.js";

/** Defects of `list`. */
export const listingMutants: readonly StoreMutant[] = [
  {
    defect: "a listing is sorted by UTF-16 unit",
    caughtBy: "list/order/code-points",
    breaks: pages((page) => [...page].sort((a, b) => (a.key < b.key ? -1 : 1))),
  },
  {
    defect: "directories are sorted without their slash",
    caughtBy: "list/order/directories",
    breaks: pages((page) => {
      const plain = ({ key }: Entry) => key.replace(/\/$/, "");
      return [...page].sort((a, b) => Buffer.compare(Buffer.from(plain(a)), Buffer.from(plain(b))));
    }),
  },
  {
    defect: "only the first page is listed",
    caughtBy: "list/pages/recursive",
    breaks: (store) => ({
      async *list(...args) {
        for await (const page of store.list(...args)) return yield page;
      },
    }),
  },
  {
    defect: "`after` is ignored",
    caughtBy: "list/after/any-key",
    breaks: (store) => ({ list: (prefix, { after: _, ...options }) => store.list(prefix, options) }),
  },
  {
    defect: "a listing continues with the key itself",
    caughtBy: "list/pages/broken-off",
    breaks: (store) => ({
      list: (prefix, { after, ...options }) =>
        store.list(prefix, after === undefined ? options : { ...options, after: after.slice(0, -1) }),
    }),
  },
  {
    defect: "a prefix is a directory",
    caughtBy: "list/prefix/in-a-name",
    breaks: (store) => ({
      list: (prefix, options) =>
        store.list(prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`, options),
    }),
  },
  {
    defect: "`_` in a prefix stands for any character",
    caughtBy: "keys/characters/underscore",
    breaks: (store) => ({
      async *list(prefix, options) {
        const pattern = new RegExp(
          `^${prefix.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("_", ".")}`,
          "u",
        );
        for await (const page of store.list("", { ...options, recursive: true })) {
          yield page.filter(({ key }) => pattern.test(key));
        }
      },
    }),
  },
  {
    defect: "descendants of a directory are not rolled up",
    caughtBy: "list/rolled-up/children",
    breaks: (store) => ({ list: (prefix, options) => store.list(prefix, { ...options, recursive: true }) }),
  },
  {
    defect: "sizes include the envelope of the content",
    caughtBy: "list/sizes/exact-or-none",
    breaks: pages((page) =>
      page.map((entry) => (entry.size === undefined ? entry : { ...entry, size: entry.size + 97 })),
    ),
  },
  {
    defect: "sizes are counted in UTF-16 units",
    caughtBy: "list/sizes/exact",
    breaks: (store) => ({
      async *list(prefix, options) {
        for await (const page of store.list(prefix, options)) {
          const found = await store.get(
            page.map(({ key }) => key),
            options,
          );
          yield page.map((entry, i) => {
            const file = found[i];
            return isFile(file) ? { ...entry, size: file.content.length } : entry;
          });
        }
      },
    }),
  },
  {
    defect: "versions of a listing are of their own",
    caughtBy: "list/versions/same-as-of-get",
    breaks: pages((page) => page.map((entry) => ({ ...entry, version: `${entry.size}` }))),
  },
  {
    defect: "keys are folded to lower case",
    caughtBy: "keys/different/case",
    breaks: (store) => ({
      get: (keys, options) =>
        store.get(
          keys.map((key) => key.toLowerCase()),
          options,
        ),
      put: (all, options) =>
        store.put(
          all.map((change) => ({ ...change, key: change.key.toLowerCase() })),
          options,
        ),
    }),
  },
  {
    defect: "keys end at 1,000 bytes",
    caughtBy: "keys/length/longest",
    breaks: changes((change) => ({
      ...change,
      key: Buffer.from(change.key).subarray(0, 1_000).toString(),
    })),
  },
];
