import type { StoreMutant } from "./mutant.js";

/** Defects of `delete`. */
export const deletingMutants: readonly StoreMutant[] = [
  {
    defect: "the clock is that of another time zone",
    caughtBy: "clock/now/is-that-of-the-files",
    breaks: (store) => ({
      clock: async (options) => {
        const { now, toleranceMs } = await store.clock!(options);
        return { now: new Date(now.getTime() + 3_600_000), toleranceMs };
      },
    }),
  },
  {
    defect: "a repeated deletion takes nothing",
    caughtBy: "delete/requested-at/older-goes",
    breaks: (store) => ({
      delete: async (key, options) =>
        options.requestedAt ? { deleted: 0, failed: [] } : store.delete(key, options),
    }),
  },
  {
    defect: "a repeated deletion deletes any file at the path",
    caughtBy: "delete/requested-at/newer-stays",
    breaks: (store) => ({
      delete: (key, { requestedAt: _, ...options }) => store.delete(key, options),
    }),
  },
  {
    defect: "a repeated deletion deletes files that may be newer",
    caughtBy: "delete/requested-at/unclear-is-kept",
    breaks: (store) => ({
      delete: (key, options) =>
        store.delete(
          key,
          options.requestedAt
            ? { ...options, requestedAt: { ...options.requestedAt, earliest: options.requestedAt.latest } }
            : options,
        ),
    }),
  },
  {
    defect: "keys with the same prefix are deleted too",
    caughtBy: "delete/descendants/subtree",
    breaks: (store) => ({
      delete: async (key, options) => {
        let deleted = 0;
        for await (const page of store.list(key, { ...options, recursive: true })) {
          for (const entry of page)
            deleted += (await store.delete(entry.key, { ...options, scope: "file" })).deleted;
        }
        return { deleted, failed: [] };
      },
    }),
  },
  {
    defect: "a deletion counts 1 whether there was anything or not",
    caughtBy: "delete/file/one",
    breaks: (store) => ({
      delete: async (...args) => {
        await store.delete(...args);
        return { deleted: 1, failed: [] };
      },
    }),
  },
  {
    defect: "`file` deletes the descendants too",
    caughtBy: "delete/file/not-what-is-below",
    breaks: (store) => ({ delete: (key, options) => store.delete(key, { ...options, scope: "all" }) }),
  },
  {
    defect: "the root of a namespace is a text prefix",
    caughtBy: "delete/descendants/root",
    breaks: (store) => ({
      delete: async (key, options) => {
        if (key.includes("/")) return store.delete(key, options);
        let deleted = 0;
        for await (const page of store.list(key, { ...options, recursive: true })) {
          for (const entry of page)
            deleted += (await store.delete(entry.key, { ...options, scope: "file" })).deleted;
        }
        return { deleted, failed: [] };
      },
    }),
  },
];
