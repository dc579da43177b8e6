import { posix } from "node:path";
import type { Mutant } from "../mutant.js";

const flattened = (path: string): string => `/${posix.basename(path)}`;

/** Defects of a backend without directories. */
export const directoryMutants: readonly Mutant[] = [
  {
    defect: "a write into a directory drops it from the path",
    caughtBy: "directories/refused/write",
    breaks: (backend) => ({
      write: (path, content) => backend.write(flattened(path), content),
    }),
  },
  {
    defect: "an edit drops the directory from the path",
    caughtBy: "directories/refused/edit",
    breaks: (backend) => ({ edit: (path, ...rest) => backend.edit(flattened(path), ...rest) }),
  },
  {
    defect: "a read drops the directory from the path",
    caughtBy: "directories/refused/read",
    breaks: (backend) => ({ read: (path, ...rest) => backend.read(flattened(path), ...rest) }),
  },
  {
    defect: "a deletion drops the directory from the path",
    caughtBy: "directories/refused/delete",
    breaks: (backend) => ({ delete: (path) => backend.delete(flattened(path)) }),
  },
  {
    defect: "an upload drops the directory from the path",
    caughtBy: "directories/refused/upload",
    breaks: (backend) => ({
      uploadFiles: (files) => backend.uploadFiles(files.map(([path, bytes]) => [flattened(path), bytes])),
    }),
  },
  {
    defect: "a download drops the directory from the path",
    caughtBy: "directories/refused/download",
    breaks: (backend) => ({ downloadFiles: (paths) => backend.downloadFiles(paths.map(flattened)) }),
  },
];
