import type { Mutant } from "../mutant.js";

/** Defects that show when connections have died silently. */
export const deadConnectionMutants: readonly Mutant[] = [
  {
    defect: "each dead connection is found by an operation of its own",
    caughtBy: "dead-connections/one-operation-notices",
    breaks(_, { service }) {
      service.dropsAll = false;
      return {};
    },
  },
  {
    defect: "one operation tries all dead connections, one after the other",
    caughtBy: "dead-connections/one-operation-notices",
    breaks(_, { service }) {
      service.repeatsOnOld = true;
      return {};
    },
  },
  {
    defect: "the read that finds a connection dead fails",
    caughtBy: "dead-connections/one-operation-notices",
    breaks: (backend, { service }) => ({
      readRaw: async (path) =>
        service.dead > 0 ? { error: "The connection was lost." } : backend.readRaw(path),
    }),
  },
  {
    defect: "a search that meets a dead connection finds nothing",
    caughtBy: "dead-connections/reads-succeed",
    breaks: (backend, { service }) => ({
      grep: async (...args) => {
        const answer = await backend.grep(...args);
        return service.hasDied ? { matches: [] } : answer;
      },
    }),
  },
  {
    defect: "an edit on a dead connection is applied by both attempts",
    caughtBy: "dead-connections/changes-are-made-once",
    breaks: (backend, { service }) => ({
      edit: async (...args) => {
        if (service.hasDied) await backend.edit(...args);
        return backend.edit(...args);
      },
    }),
  },
  {
    defect: "a write on a dead connection is reported as done",
    caughtBy: "dead-connections/changes-are-made-once",
    breaks: (backend, { service }) => ({
      write: async (path, content) =>
        service.hasDied ? { path, filesUpdate: null } : backend.write(path, content),
    }),
  },
];
