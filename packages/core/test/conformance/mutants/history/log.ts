import type { Mutant } from "../../mutant.js";
import { changes } from "./methods.js";

/** Defects of the log of changes, and of erasure. */
export const logMutants: readonly Mutant[] = [
  {
    defect: "the log is newest first",
    caughtBy: "history/changes/in-order",
    breaks: changes((all) => [...all].reverse()),
  },
  {
    defect: "the path of the log is a text prefix",
    caughtBy: "history/changes/in-order",
    breaks: (backend) => ({
      changes: async ({ path = "/", ...options } = {}) => {
        const answer = await backend.changes(options);
        return { ...answer, changes: (answer.changes ?? []).filter((entry) => entry.path.startsWith(path)) };
      },
    }),
  },
  {
    defect: "a page of the log begins with the last change of the page before",
    caughtBy: "history/changes/pages",
    breaks: (backend) => ({
      changes: ({ since, ...options } = {}) =>
        backend.changes({ ...options, ...(since && { since: String(Number(since) - 1) }) }),
    }),
  },
  {
    defect: "the end of the log cannot be continued",
    caughtBy: "history/changes/pages",
    breaks: (backend) => ({
      changes: async (options) => {
        const { next, ...answer } = await backend.changes(options);
        return answer.changes?.length === 0 || next === undefined ? answer : { ...answer, next };
      },
    }),
  },
  {
    defect: "an erased file keeps its versions",
    caughtBy: "history/erase/file",
    breaks: (backend) => ({
      erase: async (path) => {
        const { versions = [] } = await backend.history(path);
        await backend.delete(path);
        return { files: 1, versions: versions.length };
      },
    }),
  },
  {
    defect: "only existing files of a directory are erased",
    caughtBy: "history/erase/directory",
    breaks: (backend) => ({
      erase: async (path, options) => {
        const sums = { files: 0, versions: 0 };
        const { files = [] } = await backend.glob("**/*", path);
        for (const file of files) {
          const { files = 0, versions = 0 } = await backend.erase(file.path, options);
          sums.files += files;
          sums.versions += versions;
        }
        return sums;
      },
    }),
  },
  {
    defect: "`before` is not looked at",
    caughtBy: "history/erase/before",
    breaks: (backend) => ({ erase: (path) => backend.erase(path) }),
  },
];
