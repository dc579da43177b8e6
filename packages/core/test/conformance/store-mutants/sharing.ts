import type { Outcome } from "../../../src/adapter.js";
import type { RemoteBackendError } from "../../../src/index.js";
import { isFile, type StoreMutant } from "./mutant.js";

/** Defects that show when several calls or instances meet, or a call is aborted. */
export const sharingMutants: readonly StoreMutant[] = [
  {
    defect: "two writers look first and write then",
    caughtBy: "races/swap/exact-total",
    breaks: (store) => ({
      apply: async (all, call) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], call);
          const isMet =
            typeof change.when === "string" || (isFile(file) && file.version === change.when.version);
          if (!isMet) outcomes.push({ done: false, why: file ? "changed" : "missing" });
          else outcomes.push(...(await store.apply([{ ...change, when: "any" }], call)));
        }
        return outcomes;
      },
    }),
  },
  {
    defect: "the creation is looked up first",
    caughtBy: "races/create/one-winner",
    breaks: (store) => ({
      apply: async (all, call) => {
        const found = await store.get(
          all.map(({ key }) => key),
          call,
        );
        return store.apply(
          all.map((change, i) =>
            change.when === "absent" && !found[i] ? { ...change, when: "any" as const } : change,
          ),
          call,
        );
      },
    }),
  },
  {
    defect: "removals count what they looked up",
    caughtBy: "races/remove/counted-once",
    breaks: (store) => ({
      remove: async (key, call) => {
        const [file] = await store.get([key], call);
        await store.remove(key, call);
        return { removed: file ? 1 : 0, left: [] };
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
    caughtBy: "abort/before/remove",
    breaks: (store) => ({
      remove: (key, call) => (call.signal.aborted ? new Promise(() => {}) : store.remove(key, call)),
    }),
  },
  {
    defect: "opening empties the storage",
    caughtBy: "open/again/keeps-what-is-there",
    breaks: (store) => ({
      open: async (call) => {
        await store.remove("", { ...call, root: "", what: "below" });
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
    caughtBy: "races/same-id/any",
    breaks: (store) => ({
      apply: async (all, call) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        for (const change of all) {
          const [file] = await store.get([change.key], call);
          const isMade = isFile(file) && file.writeIds.includes(change.id);
          // The storage itself does not look at ids.
          const id = `${change.id.slice(0, 10)}${Math.random()}`;
          outcomes.push(
            ...(isMade ? [{ done: true as const }] : await store.apply([{ ...change, id }], call)),
          );
        }
        return outcomes;
      },
    }),
  },
];
