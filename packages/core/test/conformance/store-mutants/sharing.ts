import type { Outcome } from "../../../src/adapter.js";
import type { RemoteBackendError } from "../../../src/index.js";
import { isFile, type StoreMutant } from "./mutant.js";

/** Defects that show when several calls or instances meet, or a call is aborted. */
export const sharingMutants: readonly StoreMutant[] = [
  {
    defect: "two writers look first and write then",
    caughtBy: "races/swap/exact-total",
    breaks: (store) => ({
      put: async (all, options) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], options);
          const isMet =
            typeof change.condition === "string" ||
            (isFile(file) && file.version === change.condition.version);
          if (!isMet) outcomes.push({ done: false, why: file ? "changed" : "missing" });
          else outcomes.push(...(await store.put([{ ...change, condition: "overwrite" }], options)));
        }
        return outcomes;
      },
    }),
  },
  {
    defect: "the creation is looked up first",
    caughtBy: "races/create/one-winner",
    breaks: (store) => ({
      put: async (all, options) => {
        const found = await store.get(
          all.map(({ key }) => key),
          options,
        );
        return store.put(
          all.map((change, i) =>
            change.condition === "create" && !found[i]
              ? { ...change, condition: "overwrite" as const }
              : change,
          ),
          options,
        );
      },
    }),
  },
  {
    defect: "deletions count what they looked up",
    caughtBy: "races/delete/counted-once",
    breaks: (store) => ({
      delete: async (key, options) => {
        const [file] = await store.get([key], options);
        await store.delete(key, options);
        return { deleted: file ? 1 : 0, failed: [] };
      },
    }),
  },
  {
    defect: "the exception of the client for an aborted call is passed on",
    caughtBy: "abort/before/get",
    breaks: (store) => ({
      get: async (keys, options) => {
        options.signal.throwIfAborted();
        return store.get(keys, options);
      },
    }),
  },
  {
    defect: "an aborted call never ends",
    caughtBy: "abort/before/delete",
    breaks: (store) => ({
      delete: (key, options) => (options.signal.aborted ? new Promise(() => {}) : store.delete(key, options)),
    }),
  },
  {
    defect: "opening empties the storage",
    caughtBy: "open/again/keeps-what-is-there",
    breaks: (store) => ({
      open: async (options) => {
        await store.delete("", { ...options, root: "", scope: "descendants" });
      },
    }),
  },
  {
    defect: "an unopened store cannot be closed",
    caughtBy: "close/never-opened/ends",
    breaks() {
      let pool: { end(): void } | undefined;
      return {
        open: async () => {
          pool = { end() {} };
        },
        close: async () => pool!.end(),
      };
    },
  },
  {
    defect: "the chain is looked up first",
    caughtBy: "races/same-id/overwrite",
    breaks: (store) => ({
      put: async (all, options) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], options);
          const isMade = isFile(file) && file.writeIds.includes(change.id);
          // The storage itself does not look at ids.
          const id = `${change.id.slice(0, 10)}${Math.random()}`;
          outcomes.push(
            ...(isMade ? [{ done: true as const }] : await store.put([{ ...change, id }], options)),
          );
        }
        return outcomes;
      },
    }),
  },
];
