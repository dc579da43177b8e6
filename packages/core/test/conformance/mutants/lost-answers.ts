import type { BackendProtocolV2 } from "../../../src/protocol/protocol.js";
import type { Mutant } from "../mutant.js";

/** Makes a call a second time where the answer to the first one was lost, as a client does that repeats whatever failed. */
const repeats = (method: "write" | "edit" | "delete" | "uploadFiles"): Mutant["breaks"] => {
  return (backend, { service }) => {
    const call = backend[method].bind(backend) as (...args: unknown[]) => Promise<unknown>;
    const twice = async (...args: unknown[]) => {
      const answer = await call(...args);
      if (!service.hasLost) return answer;
      service.hasLost = false;
      return call(...args);
    };
    return { [method]: twice } as Partial<BackendProtocolV2>;
  };
};

/** Reports what failed as made. */
const hopes = (method: "write" | "edit" | "delete" | "uploadFiles"): Mutant["breaks"] => {
  return (backend, { service }) => {
    const call = backend[method].bind(backend) as (...args: unknown[]) => Promise<unknown>;
    return {
      [method]: async (...args: unknown[]) => {
        const answer = await call(...args);
        if (!service.hasLost) return answer;
        const path = args[0] as string;
        return method === "uploadFiles"
          ? (answer as { path: string }[]).map((one) => ({ path: one.path, error: null }))
          : { path, filesUpdate: null, occurrences: 1 };
      },
    } as Partial<BackendProtocolV2>;
  };
};

/** Takes back what a call did, and reports it as made: as if a request that never arrived had been answered. */
const undoes = (method: "uploadFiles" | "edit" | "delete", before: string): Mutant["breaks"] => {
  return (backend, { service, everything, name }) => {
    const call = backend[method].bind(backend) as (...args: unknown[]) => Promise<unknown>;
    return {
      [method]: async (...args: unknown[]) => {
        const answer = await call(...args);
        const path = method === "uploadFiles" ? (args[0] as [string][])[0]![0] : (args[0] as string);
        if (service.hasLost) await everything.uploadFiles([[`/${name}${path}`, Buffer.from(before)]]);
        return answer;
      },
    } as Partial<BackendProtocolV2>;
  };
};

/** Defects that show when one answer is lost. */
export const lostAnswerMutants: readonly Mutant[] = [
  {
    defect: "a create whose response was lost mistakes its own file for a foreign one",
    caughtBy: "lost-answers/create/is-done",
    breaks: (backend, { service }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        return service.hasLost ? { error: `Error: File '${path}' already exists` } : answer;
      },
    }),
  },
  {
    defect: "a create whose answer was lost brings a deleted file back",
    caughtBy: "lost-answers/create/deleted-since",
    breaks: repeats("write"),
  },
  {
    defect: "a create whose response was lost replaces another writer's file",
    caughtBy: "lost-answers/create/another-since",
    breaks: (backend, { service }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        if (service.hasLost) await backend.uploadFiles([[path, Buffer.from(content)]]);
        return answer;
      },
    }),
  },
  {
    defect: "a create that never arrived is reported as done",
    caughtBy: "lost-answers/create/not-carried-out",
    breaks: hopes("write"),
  },
  {
    defect: "another writer's file is mistaken for the created one",
    caughtBy: "lost-answers/create/created-by-others",
    breaks: hopes("write"),
  },
  {
    defect: "an upload whose response was lost is repeated over another writer's edit",
    caughtBy: "lost-answers/upload/is-done",
    breaks: repeats("uploadFiles"),
  },
  {
    defect: "an upload whose response was lost is repeated once its id is forgotten",
    caughtBy: "lost-answers/upload/edited-many-times-since",
    breaks: repeats("uploadFiles"),
  },
  {
    defect: "an upload whose answer was lost brings a deleted file back",
    caughtBy: "lost-answers/upload/deleted-since",
    breaks: repeats("uploadFiles"),
  },
  {
    defect: "an upload whose response was lost replaces another writer's new file",
    caughtBy: "lost-answers/upload/another-since",
    breaks: repeats("uploadFiles"),
  },
  {
    defect: "an upload that never arrived is reported as done",
    caughtBy: "lost-answers/upload/not-carried-out",
    breaks: undoes("uploadFiles", "old\n"),
  },
  {
    defect: "the answers of a batch are lost with the first of them",
    caughtBy: "lost-answers/upload/batch",
    breaks: (backend, { service }) => ({
      uploadFiles: async (files) => {
        const answers = await backend.uploadFiles(files);
        return service.hasLost ? answers.slice(0, 1) : answers;
      },
    }),
  },
  {
    defect: "an edit whose response was lost is applied to its own result",
    caughtBy: "lost-answers/edit/is-made-once",
    breaks: repeats("edit"),
  },
  {
    defect: "an edit whose response was lost is repeated once its id is forgotten",
    caughtBy: "lost-answers/edit/edited-many-times-since",
    breaks: repeats("edit"),
  },
  {
    defect: "an edit whose response was lost is applied to another file of that name",
    caughtBy: "lost-answers/edit/another-since",
    breaks: repeats("edit"),
  },
  {
    defect: "an edit that never arrived is reported as done",
    caughtBy: "lost-answers/edit/not-carried-out",
    breaks: undoes("edit", "mark\n"),
  },
  {
    defect: "a delete whose answer was lost is repeated and finds nothing",
    caughtBy: "lost-answers/delete/is-done",
    breaks: repeats("delete"),
  },
  {
    defect: "a delete whose answer was lost takes a new file",
    caughtBy: "lost-answers/delete/created-since",
    breaks: repeats("delete"),
  },
  {
    defect: "a delete whose answer was lost takes new files of the directory",
    caughtBy: "lost-answers/delete/created-in-a-directory-since",
    breaks: repeats("delete"),
  },
  {
    defect: "a delete that never arrived is reported as done",
    caughtBy: "lost-answers/delete/not-carried-out",
    breaks: undoes("delete", "new\n"),
  },
];
