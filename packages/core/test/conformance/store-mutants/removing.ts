import type { StoreMutant } from "./mutant.js";

/** Defects of `remove`. */
export const removingMutants: readonly StoreMutant[] = [
  {
    defect: "the clock is that of another time zone",
    caughtBy: "clock/now/is-that-of-the-files",
    breaks: (store) => ({
      clock: async (call) => {
        const { now, toleranceMs } = await store.clock!(call);
        return { now: new Date(now.getTime() + 3_600_000), toleranceMs };
      },
    }),
  },
  {
    defect: "a repeated removal takes nothing",
    caughtBy: "remove/asked/older-goes",
    breaks: (store) => ({
      remove: async (key, call) => (call.asked ? { removed: 0, left: [] } : store.remove(key, call)),
    }),
  },
  {
    defect: "a repeated removal takes whatever is there",
    caughtBy: "remove/asked/newer-stays",
    breaks: (store) => ({
      remove: (key, { asked: _, ...call }) => store.remove(key, call),
    }),
  },
  {
    defect: "a repeated removal takes what may be newer",
    caughtBy: "remove/asked/unclear-is-left",
    breaks: (store) => ({
      remove: (key, call) =>
        store.remove(
          key,
          call.asked ? { ...call, asked: { ...call.asked, earliest: call.asked.latest } } : call,
        ),
    }),
  },
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
