import type { Outcome } from "../../../src/adapter.js";
import type { RemoteBackendError } from "../../../src/index.js";
import { isFile, type StoreMutant } from "./mutant.js";

/** Defects that show when several calls or instances meet, or a call is aborted. */
export const sharingMutants: readonly StoreMutant[] = [
  {
    defect: "two writers look first and write then",
    caughtBy: "races/swap/exact-total",
    breaks: (store) => ({
      put: async (all, call) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], call);
          const isMet =
            typeof change.condition === "string" ||
            (isFile(file) && file.version === change.condition.version);
          if (!isMet) outcomes.push({ done: false, why: file ? "changed" : "missing" });
          else outcomes.push(...(await store.put([{ ...change, condition: "overwrite" }], call)));
        }
        return outcomes;
      },
    }),
  },
  {
    defect: "the creation is looked up first",
    caughtBy: "races/create/one-winner",
    breaks: (store) => ({
      put: async (all, call) => {
        const found = await store.get(
          all.map(({ key }) => key),
          call,
        );
        return store.put(
          all.map((change, i) =>
            change.condition === "create" && !found[i]
              ? { ...change, condition: "overwrite" as const }
              : change,
          ),
          call,
        );
      },
    }),
  },
  {
    defect: "removals count what they looked up",
    caughtBy: "races/delete/counted-once",
    breaks: (store) => ({
      delete: async (key, call) => {
        const [file] = await store.get([key], call);
        await store.delete(key, call);
        return { deleted: file ? 1 : 0, failed: [] };
      },
    }),
  },
  {
    defect: "the exception of the client for an aborted call is passed on",
    caughtBy: "abort/before/get",
    breaks: (store) => ({
      get: async (keys, call) => {
        call.signal.throwIfAborted();
        return store.get(keys, call);
      },
    }),
  },
  {
    defect: "an aborted call never ends",
    caughtBy: "abort/before/delete",
    breaks: (store) => ({
      delete: (key, call) => (call.signal.aborted ? new Promise(() => {}) : store.delete(key, call)),
    }),
  },
  {
    defect: "opening empties the storage",
    caughtBy: "open/again/keeps-what-is-there",
    breaks: (store) => ({
      open: async (call) => {
        await store.delete("", { ...call, root: "", scope: "descendants" });
      },
    }),
  },
  {
    defect: "what was never opened cannot be closed",
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
      put: async (all, call) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], call);
          const isMade = isFile(file) && file.writeIds.includes(change.id);
          // The storage itself does not look at ids.
          const id = `${change.id.slice(0, 10)}${Math.random()}`;
          outcomes.push(...(isMade ? [{ done: true as const }] : await store.put([{ ...change, id }], call)));
        }
        return outcomes;
      },
    }),
  },
];
