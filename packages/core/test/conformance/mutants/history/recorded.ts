import type { HistoryMethods, Mutant } from "../../mutant.js";
import { utf8 } from "../../mutant.js";
import { versions } from "./methods.js";

/** Defects of what is recorded. */
export const recordedMutants: readonly Mutant[] = [
  {
    defect: "an edit is recorded as a write",
    caughtBy: "history/recorded/each-change",
    breaks: versions((all) =>
      all.map((entry) => ({ ...entry, kind: entry.kind === "edit" ? "write" : entry.kind })),
    ),
  },
  {
    defect: "every version was current once, and says so",
    caughtBy: "history/recorded/each-change",
    breaks: versions((all) => all.map((entry) => ({ ...entry, current: true as const }))),
  },
  {
    defect: "a replacement deletes the file first",
    caughtBy: "history/recorded/replacement",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "each upload is recorded, with new content or without",
    caughtBy: "history/recorded/refused",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        await backend.uploadFiles(files.map(([path]) => [path, utf8("")]));
        return backend.uploadFiles(files);
      },
    }),
  },
  {
    defect: "files of a deleted directory have no versions",
    caughtBy: "history/recorded/deleted-directory",
    breaks: versions((all) => (all[0]?.kind === "delete" ? [] : all)),
  },
  {
    defect: "a full page has a next one, also where there is none",
    caughtBy: "history/recorded/pages",
    breaks: (backend) => ({
      history: async (path, options) => {
        const answer = await backend.history(path, options);
        const last = answer.versions?.at(-1);
        return answer.versions?.length === options?.limit && last
          ? { ...answer, next: last.version }
          : answer;
      },
    }),
  },
  {
    defect: "the history of a file that never existed is an error",
    caughtBy: "history/recorded/missing",
    breaks: (backend) => ({
      history: async (path, options) => {
        const answer = await backend.history(path, options);
        return answer.versions?.length === 0 ? { error: "not found" } : answer;
      },
    }),
  },
  {
    defect: "a limit that cannot be is taken for the default",
    caughtBy: "history/recorded/input",
    breaks: (backend) => ({ history: (path, options) => backend.history(path, { ...options, limit: 100 }) }),
  },
  {
    defect: "a version that is no text is an exception",
    caughtBy: "history/recorded/input",
    breaks: (backend) => ({ readVersion: (path, version) => backend.readVersion(path, version.trim()) }),
  },
  {
    defect: "an instance keeps the history of what it wrote itself",
    caughtBy: "history/recorded/another-instance",
    breaks(backend) {
      const cache = new Map<string, ReturnType<HistoryMethods["history"]>>();
      return {
        write: async (path, content) => {
          const answer = await backend.write(path, content);
          cache.set(path, backend.history(path));
          return answer;
        },
        history: (path, options) => cache.get(path) ?? backend.history(path, options),
      };
    },
  },
];
