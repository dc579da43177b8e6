import type { Outcome } from "../../../src/adapter.js";
import type { RemoteBackendError } from "../../../src/index.js";
import { changes, files, isFile, type StoreMutant } from "./mutant.js";

/** Defects of `apply`. */
export const writingMutants: readonly StoreMutant[] = [
  {
    defect: "`absent` replaces",
    caughtBy: "apply/absent/exists",
    breaks: changes((change) => ({ ...change, when: change.when === "absent" ? "any" : change.when })),
  },
  {
    defect: "a swap replaces whatever is there",
    caughtBy: "apply/file/changed",
    breaks: changes((change) => ({ ...change, when: typeof change.when === "object" ? "any" : change.when })),
  },
  {
    defect: "a swap sets the creation time anew",
    caughtBy: "apply/file/keeps-creation-time",
    breaks: files((file) => ({ ...file, createdAt: file.modifiedAt })),
  },
  {
    defect: "a replacement keeps the creation time",
    caughtBy: "apply/any/sets-creation-time-anew",
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
    caughtBy: "apply/version/of-the-file",
    breaks: (store) => ({
      apply: async (all, call) => {
        const before = await store.get(
          all.map(({ key }) => key),
          call,
        );
        const outcomes = await store.apply(all, call);
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
    defect: "a batch ends at the first refusal",
    caughtBy: "apply/batch/one-answer-per-change",
    breaks: (store) => ({
      apply: async (all, call) => {
        const outcomes: (Outcome | RemoteBackendError)[] = [];
        let refused: Outcome | RemoteBackendError | undefined;
        for (const change of all) {
          const [outcome] = refused ? [refused] : await store.apply([change], call);
          if (outcome && "done" in outcome && !outcome.done) refused = outcome;
          outcomes.push(outcome!);
        }
        return outcomes;
      },
    }),
  },
  {
    defect: "the chain is in the order of writing",
    caughtBy: "apply-ids/chain/newest-first",
    breaks: files((file) => ({ ...file, writeIds: [...file.writeIds].reverse() })),
  },
  {
    defect: "the creating id is pushed out",
    caughtBy: "apply-ids/chain/full",
    breaks: files((file) => ({ ...file, writeIds: file.writeIds.slice(0, 63) })),
  },
  {
    defect: "a replacement forgets the chain",
    caughtBy: "apply-ids/again/after-later-writes",
    breaks: (store) => ({
      apply: async (all, call) => {
        for (const { key, when, id } of all) {
          const [file] = when === "any" ? await store.get([key], call) : [];
          if (isFile(file) && !file.writeIds.includes(id)) await store.remove(key, { ...call, what: "file" });
        }
        return store.apply(all, call);
      },
    }),
  },
  {
    defect: "a change is known by its id only while it is the newest",
    caughtBy: "apply-ids/again/after-later-writes",
    breaks: (store) => ({
      apply: async (all, call) => {
        const found = await store.get(
          all.map(({ key }) => key),
          call,
        );
        const fresh = all.map((change, i) => {
          const file = found[i];
          return isFile(file) && file.writeIds[0] !== change.id
            ? { ...change, id: `${change.id}${file.version}` }
            : change;
        });
        return store.apply(fresh, call);
      },
    }),
  },
  {
    defect: "the condition is looked at before the chain",
    caughtBy: "apply-ids/again/absent",
    breaks: (store) => ({
      apply: async (all, call) => {
        const found = await store.get(
          all.map(({ key }) => key),
          call,
        );
        const outcomes = await store.apply(all, call);
        return outcomes.map((outcome, i) =>
          all[i]!.when === "absent" && found[i] ? { done: false, why: "exists" } : outcome,
        );
      },
    }),
  },
  {
    defect: "a clash names the change itself",
    caughtBy: "clash/below-a-file/absent",
    breaks: (store) => ({
      apply: async (all, call) =>
        (await store.apply(all, call)).map((outcome, i) =>
          "why" in outcome && outcome.why === "clash" ? { ...outcome, other: all[i]!.key } : outcome,
        ),
    }),
  },
  {
    defect: "ids are kept in the instance",
    caughtBy: "apply-ids/again/from-another-instance",
    breaks(store) {
      const seen = new Set<string>();
      return {
        apply: async (all, call) => {
          const known = all.map(({ key, id }) => seen.has(key + id));
          const renamed = all.map((change) => ({
            ...change,
            id: `${change.id.slice(0, 20)}${Math.random()}`,
          }));
          const open = renamed.filter((_, i) => !known[i]);
          const outcomes = [...(await store.apply(open, call))];
          for (const { key, id } of all) seen.add(key + id);
          return known.map((isKnown) => (isKnown ? { done: true } : outcomes.shift()!));
        },
      };
    },
  },
];
