import type { FoundLines } from "../../../src/adapter.js";
import { items, type StoreMutant } from "./mutant.js";

/** Defects of `search` and `lines`. */
export const searchingMutants: readonly StoreMutant[] = [
  {
    defect: "a search stops at `limit` files",
    caughtBy: "search/limit/first-lines",
    breaks: items(({ key, lines }) => ({ key, lines: lines.slice(0, 1) })),
  },
  {
    defect: "a search folds case",
    caughtBy: "search/literal/words",
    breaks: (store) => ({
      search: (prefix, literal, options) => store.search!(prefix, literal.toLowerCase(), options),
    }),
  },
  {
    defect: "a search forgets `accept`",
    caughtBy: "search/scope/accept",
    breaks: (store) => ({
      search: (prefix, literal, options) =>
        store.search!(prefix, literal, { ...options, accept: () => true }),
    }),
  },
  {
    defect: "a search finds text without extension only",
    caughtBy: "search/random/equals-list-and-get",
    breaks: items((item) => (item.key.endsWith(".txt") ? undefined : item)),
  },
  {
    defect: "a long line ends the search of its file",
    caughtBy: "search/large/one-line",
    breaks: items(({ key, lines }) => {
      const long = lines.findIndex(({ text }) => text.length > 9_000);
      return { key, lines: long === -1 ? lines : lines.slice(0, long) };
    }),
  },
  {
    defect: "a file that cannot be read is left out of a search without a word",
    caughtBy: "search/unreadable/skipped-and-reported",
    breaks: items((item) => (item.error ? undefined : item)),
  },
  {
    defect: "a file that cannot be read ends a search",
    caughtBy: "search/unreadable/skipped-and-reported",
    breaks: (store) => ({
      async *search(...args) {
        for await (const item of store.search!(...args)) {
          if (item.error) return;
          yield item;
        }
      },
    }),
  },
  {
    defect: "lines end at a carriage return too",
    caughtBy: "read-lines/windows/crlf",
    breaks: (store) => ({
      readLines: async (...args) => {
        const window = await store.readLines!(...args);
        return typeof window === "object"
          ? { ...window, lines: window.lines.map((line) => line.replace(/\r$/, "")) }
          : window;
      },
    }),
  },
  {
    defect: "a final newline starts a line",
    caughtBy: "read-lines/windows/numbered",
    breaks: (store) => ({
      readLines: async (...args) => {
        const window = await store.readLines!(...args);
        return typeof window === "object"
          ? { ...window, total: window.total + (window.finalNewline ? 1 : 0) }
          : window;
      },
    }),
  },
  {
    defect: "a window carries the version that was there before",
    caughtBy: "read-lines/answer/version",
    breaks(store) {
      const first = new Map<string, string>();
      return {
        readLines: async (...args) => {
          const window = await store.readLines!(...args);
          if (typeof window !== "object") return window;
          const known = first.get(args[0]) ?? window.version;
          first.set(args[0], known);
          return { ...window, version: known };
        },
      };
    },
  },
  {
    defect: "a search gives files as they are found",
    caughtBy: "search/order/keys",
    breaks: (store) => ({
      async *search(...args) {
        const found: FoundLines[] = [];
        for await (const item of store.search!(...args)) found.unshift(item);
        yield* found;
      },
    }),
  },
];
