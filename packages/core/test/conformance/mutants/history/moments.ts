import type { RemoteBackend } from "../../../../src/backend/remote-backend.js";
import type { Mutant } from "../../mutant.js";
import { utf8 } from "../../mutant.js";
import { afterRewind, views } from "./methods.js";

/** Defects of points in time: `at` and `rewind`. */
export const momentMutants: readonly Mutant[] = [
  {
    defect: "a search of the past finds the present",
    caughtBy: "history/at/reads",
    breaks: views((_, present) => ({
      grep: (...args: Parameters<RemoteBackend["grep"]>) => present.grep(...args),
    })),
  },
  {
    defect: "a download of the past has the present content",
    caughtBy: "history/at/reads",
    breaks: views((_, present) => ({ downloadFiles: (paths: string[]) => present.downloadFiles(paths) })),
  },
  {
    defect: "an edit of the past changes the present",
    caughtBy: "history/at/read-only",
    breaks: views((_, present) => ({
      edit: (...args: Parameters<RemoteBackend["edit"]>) => present.edit(...args),
    })),
  },
  {
    defect: "a view of the past is the present once the file is changed",
    caughtBy: "history/at/stays",
    breaks: views((_, present) => ({ readRaw: (path: string) => present.readRaw(path) })),
  },
  {
    defect: "a time is before the changes of its millisecond",
    caughtBy: "history/at/time",
    breaks: (backend) => ({
      at: (point) => backend.at(point instanceof Date ? new Date(point.getTime() - 1) : point),
    }),
  },
  {
    defect: "an unknown moment is an empty directory",
    caughtBy: "history/at/unknown",
    breaks: views((past) => ({
      ls: async (path: string) => {
        const answer = await past.ls(path);
        return answer.error === undefined ? answer : { files: [] };
      },
    })),
  },
  {
    defect: "at an unknown moment files are not found",
    caughtBy: "history/at/unknown",
    breaks: views((past) => ({
      read: async (path: string) => {
        const answer = await past.read(path);
        return answer.error === undefined ? answer : { error: `File '${path}' not found` };
      },
    })),
  },
  {
    defect: "a rewind to an unknown moment does nothing, and says so by no answers",
    caughtBy: "history/at/unknown",
    breaks: (backend) => ({
      rewind: async (...args) => {
        const answer = await backend.rewind(...args);
        return answer.error === undefined ? answer : { files: [] };
      },
    }),
  },
  {
    defect: "a rewind reports no deletions",
    caughtBy: "history/rewind/workspace",
    breaks: (backend) => ({
      rewind: async (...args) => {
        const answer = await backend.rewind(...args);
        return { ...answer, files: (answer.files ?? []).filter(({ outcome }) => outcome !== "deleted") };
      },
    }),
  },
  {
    defect: "a rewind leaves later files",
    caughtBy: "history/rewind/workspace",
    breaks: (backend) => ({
      rewind: async (...args) => {
        const answer = await backend.rewind(...args);
        for (const { path, outcome } of answer.files ?? [])
          if (outcome === "deleted") await backend.write(path, "needle\n");
        return answer;
      },
    }),
  },
  {
    defect: "a rewind to a time is one to the change before",
    caughtBy: "history/rewind/time",
    breaks: (backend) => ({
      rewind: (point, options) =>
        backend.rewind(point instanceof Date ? new Date(point.getTime() - 1) : point, options),
    }),
  },
  {
    defect: "a rewind decodes bytes",
    caughtBy: "history/rewind/rewound",
    breaks: afterRewind(async (backend, paths) => {
      for (const path of paths) {
        const content = (await backend.readRaw(path)).data?.content;
        if (content instanceof Uint8Array)
          await backend.uploadFiles([[path, utf8(Buffer.from(content).toString())]]);
      }
    }),
  },
  {
    defect: "a rewind of a path is one of everything",
    caughtBy: "history/rewind/path",
    breaks: (backend) => ({ rewind: (point) => backend.rewind(point) }),
  },
  {
    defect: "the path of a rewind is a text prefix",
    caughtBy: "history/rewind/path",
    breaks: (backend) => ({
      rewind: async (point, options) => {
        const files = [];
        const { files: all = [] } = await backend.glob("**/*");
        for (const { path } of all)
          if (path.startsWith(options?.path ?? "/"))
            files.push(...((await backend.rewind(point, { path })).files ?? []));
        return { files };
      },
    }),
  },
  {
    defect: "a directory where a file was stays",
    caughtBy: "history/rewind/path-conflict",
    breaks: afterRewind(async (backend) => {
      await backend.delete("/a");
      await backend.write("/a/x.txt", "new");
    }),
  },
  {
    defect: "a rewind handles a page of files",
    caughtBy: "history/rewind/many",
    breaks: afterRewind((backend, paths) =>
      backend.uploadFiles(paths.slice(100).map((path) => [path, utf8("new")])),
    ),
  },
];
