import type { StoreMutant } from "./mutant.js";

/** Defects of `remove`. */
export const deletingMutants: readonly StoreMutant[] = [
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
    caughtBy: "delete/requested-at/older-goes",
    breaks: (store) => ({
      delete: async (key, call) => (call.requestedAt ? { deleted: 0, failed: [] } : store.delete(key, call)),
    }),
  },
  {
    defect: "a repeated removal takes whatever is there",
    caughtBy: "delete/requested-at/newer-stays",
    breaks: (store) => ({
      delete: (key, { requestedAt: _, ...call }) => store.delete(key, call),
    }),
  },
  {
    defect: "a repeated removal takes what may be newer",
    caughtBy: "delete/requested-at/unclear-is-left",
    breaks: (store) => ({
      delete: (key, call) =>
        store.delete(
          key,
          call.requestedAt
            ? { ...call, requestedAt: { ...call.requestedAt, earliest: call.requestedAt.latest } }
            : call,
        ),
    }),
  },
  {
    defect: "what begins alike is removed too",
    caughtBy: "delete/descendants/subtree",
    breaks: (store) => ({
      delete: async (key, call) => {
        let deleted = 0;
        for await (const page of store.list(key, { ...call, recursive: true })) {
          for (const entry of page)
            deleted += (await store.delete(entry.key, { ...call, scope: "file" })).deleted;
        }
        return { deleted, failed: [] };
      },
    }),
  },
  {
    defect: "a removal counts 1 whether there was anything or not",
    caughtBy: "delete/file/one",
    breaks: (store) => ({
      delete: async (...args) => {
        await store.delete(...args);
        return { deleted: 1, failed: [] };
      },
    }),
  },
  {
    defect: "`file` removes what is below too",
    caughtBy: "delete/file/not-what-is-below",
    breaks: (store) => ({ delete: (key, call) => store.delete(key, { ...call, scope: "all" }) }),
  },
  {
    defect: "the root of a namespace is a text prefix",
    caughtBy: "delete/descendants/root",
    breaks: (store) => ({
      delete: async (key, call) => {
        if (key.includes("/")) return store.delete(key, call);
        let deleted = 0;
        for await (const page of store.list(key, { ...call, recursive: true })) {
          for (const entry of page)
            deleted += (await store.delete(entry.key, { ...call, scope: "file" })).deleted;
        }
        return { deleted, failed: [] };
      },
    }),
  },
];
