import type { Mutant } from "../mutant.js";
import { utf8 } from "../mutant.js";

/** Defects at the longest path and the largest file. */
export const limitMutants: readonly Mutant[] = [
  {
    defect: "the longest path is not listed",
    caughtBy: "limits/path/longest-works/ascii",
    breaks: (backend) => ({
      ls: async (path) => {
        const { files = [] } = await backend.ls(path);
        return { files: files.filter((file) => file.path.length < 1_000) };
      },
    }),
  },
  {
    defect: "a search escapes non-ASCII characters, and finds no long path with them",
    caughtBy: "limits/path/longest-works/multi-byte",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.filter(({ path }) => encodeURI(path).length < 1_024) };
      },
    }),
  },
  {
    defect: "a path that is too long is cut",
    caughtBy: "limits/path/longer-is-refused/ascii",
    breaks: (backend) => ({ write: (path, content) => backend.write(path.slice(0, 1_005), content) }),
  },
  {
    defect: "a path's characters are counted instead of its bytes",
    caughtBy: "limits/path/longer-is-refused/multi-byte",
    breaks: (backend) => ({
      write: (path, content) => backend.write(utf8(path).length > 1_005 ? "/long.txt" : path, content),
    }),
  },
  {
    defect: "the largest file is one byte too large",
    caughtBy: "limits/file/largest-is-written/ascii",
    breaks: (backend) => ({
      write: async (path, content) =>
        content.length < 4 * 1024 * 1024 ? backend.write(path, content) : { error: "Error: too large" },
    }),
  },
  {
    defect: "characters that take several bytes are counted as the most they could take",
    caughtBy: "limits/file/largest-is-written/multi-byte",
    breaks: (backend) => ({
      write: async (path, content) =>
        content.length * 3 <= 4 * 1024 * 1024 ? backend.write(path, content) : { error: "Error: too large" },
    }),
  },
  {
    defect: "a text that is too large is cut",
    caughtBy: "limits/file/larger-write-is-refused/ascii",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path, content.slice(0, 4 * 1024 * 1024)),
    }),
  },
  {
    defect: "a text's characters are counted instead of its bytes",
    caughtBy: "limits/file/larger-write-is-refused/multi-byte",
    breaks: (backend, { everything, name }) => ({
      write: async (path, content) => {
        if (content.length < 1_000) return backend.write(path, content);
        const { error } = await everything.write(`/${name}${path}`, content);
        return error === undefined ? { path, filesUpdate: null } : { error };
      },
    }),
  },
  {
    defect: "an edit counts the inserted text, not the resulting file",
    caughtBy: "limits/file/edit-up-to-the-largest",
    breaks: (_, { everything, name }) => ({
      edit: (path, ...rest) => everything.edit(`/${name}${path}`, ...rest),
    }),
  },
  {
    defect: "an upload removes the existing file before it is refused",
    caughtBy: "limits/file/upload-up-to-the-largest",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        for (const [path] of files) await backend.delete(path);
        return backend.uploadFiles(files);
      },
    }),
  },
];
