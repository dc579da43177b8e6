import type { Mutant } from "../../mutant.js";
import { versions } from "./methods.js";

/** Defects that tenants or concurrent writers meet. */
export const sharedMutants: readonly Mutant[] = [
  {
    defect: "the log has the changes of all tenants",
    caughtBy: "history/isolation/neighbor",
    breaks: (_, { everything }) => ({ changes: (options) => everything.changes(options) }),
  },
  {
    defect: "an erasure of everything takes the files of other tenants",
    caughtBy: "history/isolation/neighbor",
    breaks: (backend, { everything }) => ({
      erase: async (path, options) => {
        const answer = await backend.erase(path, options);
        await everything.erase(path, options);
        return answer;
      },
    }),
  },
  {
    defect: "of several edits one is not recorded",
    caughtBy: "history/races/edits",
    breaks: versions((all) => all.filter((_, i) => i !== 1)),
  },
  {
    defect: "`ifVersion` is looked at before the restore",
    caughtBy: "history/races/restore",
    breaks: (backend) => ({
      restore: async (path, version, options) => {
        const { versions = [] } = await backend.history(path);
        if (options?.ifVersion !== versions[0]?.version) return { error: "It has changed.", conflict: true };
        return backend.restore(path, version);
      },
    }),
  },
  {
    defect: "a rewind deletes the files first",
    caughtBy: "history/races/rewind",
    breaks: (backend) => ({
      rewind: async (point, options) => {
        for (let i = 0; i < 10; i++) await backend.delete(`/${i}.txt`);
        return backend.rewind(point, options);
      },
    }),
  },
];
