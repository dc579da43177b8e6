import type { Outcome } from "../../../src/adapter.js";
import type { RemoteBackendError } from "../../../src/index.js";
import { changes, files, isFile, type StoreMutant } from "./mutant.js";

/** Defects of `put`. */
export const writingMutants: readonly StoreMutant[] = [
  {
    defect: "`create` replaces",
    caughtBy: "put/create/exists",
    breaks: changes((change) => ({
      ...change,
      condition: change.condition === "create" ? "overwrite" : change.condition,
    })),
  },
  {
    defect: "a swap replaces any version",
    caughtBy: "put/file/changed",
    breaks: changes((change) => ({
      ...change,
      condition: typeof change.condition === "object" ? "overwrite" : change.condition,
    })),
  },
  {
    defect: "a swap resets the creation time",
    caughtBy: "put/file/keeps-creation-time",
    breaks: files((file) => ({ ...file, createdAt: file.modifiedAt })),
  },
  {
    defect: "a replacement keeps the creation time",
    caughtBy: "put/overwrite/sets-creation-time-anew",
    breaks(store) {
      const first = new Map<string, Date>();
      return files((file) => {
        if (!first.has(file.key)) first.set(file.key, file.createdAt);
        return { ...file, createdAt: first.get(file.key)! };
      })(store);
    },
  },
  {
    defect: "outcomes carry the version before",
    caughtBy: "put/version/of-the-file",
    breaks: (store) => ({
      put: async (all, options) => {
        const before = await store.get(
          all.map(({ key }) => key),
          options,
        );
        const outcomes = await store.put(all, options);
        return outcomes.map((outcome, i): Outcome | RemoteBackendError => {
          const file = before[i];
          return "done" in outcome && outcome.done && isFile(file)
            ? { done: true, version: file.version }
            : outcome;
        });
      },
    }),
  },
  {
    defect: "a repeated change answers with the current version",
    caughtBy: "put-ids/again/not-the-version-of-others",
    breaks: (store) => ({
      put: async (all, call) => {
        const outcomes = await store.put(all, call);
        const after = await store.get(
          all.map(({ key }) => key),
          call,
        );
        return outcomes.map((outcome, i): Outcome | RemoteBackendError => {
          const file = after[i];
          return "done" in outcome && outcome.done && isFile(file)
            ? { done: true, version: file.version }
            : outcome;
        });
      },
    }),
  },
  {
    defect: "a batch ends at the first refusal",
    caughtBy: "put/batch/one-answer-per-change",
    breaks: (store) => ({
      put: async (all, options) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        let refused: Outcome | RemoteBackendError | undefined;
        for (const change of all) {
          const [outcome] = refused ? [refused] : await store.put([change], options);
          if (outcome && "done" in outcome && !outcome.done) refused = outcome;
          outcomes.push(outcome!);
        }
        return outcomes;
      },
    }),
  },
  {
    defect: "the chain is in the order of writing",
    caughtBy: "put-ids/chain/newest-first",
    breaks: files((file) => ({ ...file, writeIds: [...file.writeIds].reverse() })),
  },
  {
    defect: "the creating id is pushed out",
    caughtBy: "put-ids/chain/full",
    breaks: files((file) => ({ ...file, writeIds: file.writeIds.slice(0, 63) })),
  },
  {
    defect: "a replacement forgets the chain",
    caughtBy: "put-ids/again/after-later-writes",
    breaks: (store) => ({
      put: async (all, options) => {
        for (const { key, condition, id } of all) {
          const [file] = condition === "overwrite" ? await store.get([key], options) : [];
          if (isFile(file) && !file.writeIds.includes(id))
            await store.delete(key, { ...options, scope: "file" });
        }
        return store.put(all, options);
      },
    }),
  },
  {
    defect: "a change is known by its id only while it is the newest",
    caughtBy: "put-ids/again/after-later-writes",
    breaks: (store) => ({
      put: async (all, options) => {
        const found = await store.get(
          all.map(({ key }) => key),
          options,
        );
        const fresh = all.map((change, i) => {
          const file = found[i];
          return isFile(file) && file.writeIds[0] !== change.id
            ? { ...change, id: `${change.id}${file.version}` }
            : change;
        });
        return store.put(fresh, options);
      },
    }),
  },
  {
    defect: "the condition is looked at before the chain",
    caughtBy: "put-ids/again/create",
    breaks: (store) => ({
      put: async (all, options) => {
        const found = await store.get(
          all.map(({ key }) => key),
          options,
        );
        const outcomes = await store.put(all, options);
        return outcomes.map((outcome, i) =>
          all[i]!.condition === "create" && found[i] ? { done: false, why: "exists" } : outcome,
        );
      },
    }),
  },
  {
    defect: "a conflict names the change itself",
    caughtBy: "path-conflicts/below-a-file/create",
    breaks: (store) => ({
      put: async (all, options) =>
        (await store.put(all, options)).map((outcome, i) =>
          "why" in outcome && outcome.why === "conflict" ? { ...outcome, other: all[i]!.key } : outcome,
        ),
    }),
  },
  {
    defect: "ids are kept in the instance",
    caughtBy: "put-ids/again/from-another-instance",
    breaks(store) {
      const seen = new Set<string>();
      return {
        put: async (all, options) => {
          const known = all.map(({ key, id }) => seen.has(key + id));
          const renamed = all.map((change) => ({
            ...change,
            id: `${change.id.slice(0, 20)}${Math.random()}`,
          }));
          const open = renamed.filter((_, i) => !known[i]);
          const outcomes = [...(await store.put(open, options))];
          for (const { key, id } of all) seen.add(key + id);
          return known.map((isKnown) => (isKnown ? { done: true } : outcomes.shift()!));
        },
      };
    },
  },
];
