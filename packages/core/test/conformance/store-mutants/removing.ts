import type { StoreMutant } from "./mutant.js";

/** Defects of `remove`. */
export const removingMutants: readonly StoreMutant[] = [
  {
    defect: "what begins alike is removed too",
    caughtBy: "remove/below/subtree",
    breaks: (store) => ({
      remove: async (key, call) => {
        let removed = 0;
        for await (const page of store.list(key, { ...call, recursive: true })) {
          for (const entry of page)
            removed += (await store.remove(entry.key, { ...call, what: "file" })).removed;
        }
        return { removed, left: [] };
      },
    }),
  },
  {
    defect: "a removal counts 1 whether there was anything or not",
    caughtBy: "remove/file/one",
    breaks: (store) => ({
      remove: async (...args) => {
        await store.remove(...args);
        return { removed: 1, left: [] };
      },
    }),
  },
  {
    defect: "`file` removes what is below too",
    caughtBy: "remove/file/not-what-is-below",
    breaks: (store) => ({ remove: (key, call) => store.remove(key, { ...call, what: "both" }) }),
  },
  {
    defect: "the root of a namespace is a text prefix",
    caughtBy: "remove/below/root",
    breaks: (store) => ({
      remove: async (key, call) => {
        if (key.includes("/")) return store.remove(key, call);
        let removed = 0;
        for await (const page of store.list(key, { ...call, recursive: true })) {
          for (const entry of page)
            removed += (await store.remove(entry.key, { ...call, what: "file" })).removed;
        }
        return { removed, left: [] };
      },
    }),
  },
];
