import type { Mutant } from "../../mutant.js";
import { versions } from "./methods.js";

/** Defects of the authors of changes. */
export const authorMutants: readonly Mutant[] = [
  {
    defect: "an upload has no author",
    caughtBy: "history/author/of-each-change",
    breaks: versions((all) =>
      all.map(({ by, ...entry }) => (by && entry.kind !== "upload" ? { ...entry, by } : entry)),
    ),
  },
  {
    defect: "a deletion has the author of what it deleted",
    caughtBy: "history/author/of-a-deletion",
    breaks: versions((all) =>
      all.map((entry, i) =>
        entry.kind === "delete" && all[i + 1]?.by ? { ...entry, by: all[i + 1]!.by! } : entry,
      ),
    ),
  },
  {
    defect: "a rewind has no author",
    caughtBy: "history/author/of-a-rewind",
    breaks: versions((all) =>
      all.map(({ by, ...entry }) => (by && entry.kind !== "restore" ? { ...entry, by } : entry)),
    ),
  },
  {
    defect: "a checkpoint is after its first change",
    caughtBy: "history/author/checkpoint",
    breaks(backend) {
      const first = new Map<string, string>();
      return {
        write: async (path, content) => {
          const answer = await backend.write(path, content);
          const { by, version } = (await backend.history(path)).versions![0]!;
          if (by) first.set(`${by.thread} ${by.checkpoint}`, version);
          return answer;
        },
        at: (point) => {
          const version = "thread" in point ? first.get(`${point.thread} ${point.checkpoint}`) : undefined;
          return backend.at(version === undefined ? point : { version });
        },
      };
    },
  },
  {
    defect: "the thread of the log is not looked at",
    caughtBy: "history/author/thread",
    breaks: (backend) => ({ changes: ({ thread: _, ...options } = {}) => backend.changes(options) }),
  },
];
