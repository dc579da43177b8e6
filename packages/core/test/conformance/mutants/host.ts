import type { RemoteBackend } from "../../../src/backend/remote-backend.js";
import type { BackendProtocolV2 } from "../../../src/protocol/protocol.js";
import type { Mutant } from "../mutant.js";
import { textOf } from "../mutant.js";

const isMissing = async (backend: RemoteBackend, path: string): Promise<boolean> =>
  (await backend.readRaw(path)).data === undefined;

const relative = ({ path }: { path: string }): string => path.replace(/^\//, "");

/** Edits as two calls, with a gap between them into which others fit. */
const inTwoSteps = (backend: RemoteBackend): Partial<BackendProtocolV2> => ({
  edit: async (path, from, to) => {
    const text = (await textOf(backend, path)) ?? "";
    await new Promise((resolve) => setImmediate(resolve));
    await backend.uploadFiles([[path, new TextEncoder().encode(text.replace(from, to))]]);
    return { path, filesUpdate: null, occurrences: 1 };
  },
});

/** Defects that show in what deepagents makes of the answers. */
export const hostMutants: readonly Mutant[] = [
  {
    defect: "an edit appends the replacement",
    caughtBy: "host/tools/written-edited-and-read",
    breaks: (backend) => ({ edit: (path, from, to) => backend.edit(path, from, from + to) }),
  },
  {
    defect: "listed paths lack the slash at their beginning",
    caughtBy: "host/tools/listed-and-found",
    breaks: (backend) => ({
      glob: async (...args) => {
        const { files = [] } = await backend.glob(...args);
        return { files: files.map((file) => ({ ...file, path: relative(file) })) };
      },
    }),
  },
  {
    defect: "the listing of a missing directory is an error for the tool",
    caughtBy: "host/tools/nothing-found",
    breaks: (backend) => ({
      ls: async (path) => {
        const answer = await backend.ls(path);
        return answer.files?.length ? answer : { error: `Directory '${path}' not found` };
      },
    }),
  },
  {
    defect: "pages after the first begin a line early",
    caughtBy: "host/tools/read-in-pages",
    breaks: (backend) => ({
      read: (path, offset = 0, limit) => backend.read(path, Math.max(0, offset - 1), limit),
    }),
  },
  {
    defect: "an empty file is read as an empty text",
    caughtBy: "host/tools/empty-file",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        return String(answer.content).startsWith("System reminder") ? { ...answer, content: "" } : answer;
      },
    }),
  },
  {
    defect: "a picture carries the type of any bytes",
    caughtBy: "host/tools/picture",
    breaks: (backend) => ({
      read: async (...args) => ({ ...(await backend.read(...args)), mimeType: "application/octet-stream" }),
    }),
  },
  {
    defect: "a deleted directory leaves its files",
    caughtBy: "host/tools/deleted",
    breaks: (backend) => ({
      delete: async (path) =>
        (await isMissing(backend, path)) ? { path, filesUpdate: null } : backend.delete(path),
    }),
  },
  {
    defect: "a missing file is an exception",
    caughtBy: "host/failures/missing-file",
    breaks: (backend) => ({
      read: async (path, ...window) => {
        if (await isMissing(backend, path)) throw new Error(`File '${path}' not found`);
        return backend.read(path, ...window);
      },
    }),
  },
  {
    defect: "the deletion of a missing file is reported as done",
    caughtBy: "host/failures/missing-file-deleted",
    breaks: (backend) => ({
      delete: async (path) => {
        await backend.delete(path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "the first of two occurrences is replaced",
    caughtBy: "host/failures/edit-refused",
    breaks: inTwoSteps,
  },
  {
    defect: "a page past the end is empty",
    caughtBy: "host/failures/offset-past-the-end",
    breaks: (backend) => ({
      read: async (path, offset, limit) => {
        const answer = await backend.read(path, offset, limit);
        return answer.error === undefined ? answer : { content: "", mimeType: "text/plain" };
      },
    }),
  },
  {
    defect: "a second write of the model replaces",
    caughtBy: "host/failures/existing-file",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.uploadFiles([[path, new TextEncoder().encode(content)]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a pattern that is not well-formed is an exception",
    caughtBy: "host/failures/odd-arguments",
    breaks: (backend) => ({
      glob: (pattern, path) => {
        if (pattern.includes("[")) new RegExp(pattern);
        return backend.glob(pattern, path);
      },
    }),
  },
  {
    defect: "edits of one turn lose each other",
    caughtBy: "host/parallel/edits-of-one-file",
    breaks: inTwoSteps,
  },
  {
    defect: "files written concurrently get the content of the last one",
    caughtBy: "host/parallel/new-files",
    breaks(backend) {
      let buffer = "";
      return {
        write: async (path, content) => {
          buffer = content;
          await backend.ls("/");
          return backend.write(path, buffer);
        },
      };
    },
  },
  {
    defect: "two concurrent writes are both reported as done",
    caughtBy: "host/parallel/one-new-file",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.write(path, content);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a large result is cut",
    caughtBy: "host/tool-results/saved-whole",
    breaks: (backend) => ({ write: (path, content) => backend.write(path, content.slice(0, 65_536)) }),
  },
  {
    defect: "a file has a thousand lines at most",
    caughtBy: "host/tool-results/read-in-pages",
    breaks: (backend) => ({
      read: (path, offset = 0, limit) =>
        offset < 1_000 ? backend.read(path, offset, limit) : { error: "Line offset exceeds file length" },
    }),
  },
  {
    defect: "deepagents' own areas are not searched",
    caughtBy: "host/tool-results/searched",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.filter(({ path }) => !path.startsWith("/large_tool_results/")) };
      },
    }),
  },
  {
    defect: "a result is created only",
    caughtBy: "host/tool-results/step-repeated",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await isMissing(backend, path)) ? backend.write(path, content) : { error: "Error: it exists" },
    }),
  },
  {
    defect: "a result that is there already is kept",
    caughtBy: "host/tool-results/id-used-again",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await isMissing(backend, path)) ? backend.write(path, content) : { path, filesUpdate: null },
    }),
  },
  {
    defect: "a colon in a name is refused",
    caughtBy: "host/tool-results/any-call-id",
    breaks: (backend) => ({
      write: (path, content) =>
        path.includes(":") ? { error: "Error: invalid name" } : backend.write(path, content),
    }),
  },
  {
    defect: "a result with a NUL is refused",
    caughtBy: "host/tool-results/any-content",
    breaks: (backend) => ({
      write: (path, content) =>
        content.includes("\0") ? { error: "Error: invalid byte sequence" } : backend.write(path, content),
    }),
  },
  {
    defect: "a history cannot be downloaded, and is written over",
    caughtBy: "host/history/appended",
    breaks: (backend) => ({
      downloadFiles: (paths) =>
        paths.map((path) => ({ path, content: null, error: "file_not_found" as const })),
      write: async (path, content) => {
        await backend.uploadFiles([[path, new TextEncoder().encode(content)]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a file without an extension is binary",
    caughtBy: "host/history/long-message",
    breaks: (backend) => ({
      read: async (path, ...window) =>
        path.includes(".") ? backend.read(path, ...window) : { error: "it is a binary file" },
    }),
  },
  {
    defect: "directories of skills are not marked as such",
    caughtBy: "host/skills/loaded",
    breaks: (backend) => ({
      ls: async (path) => {
        const { files = [] } = await backend.ls(path);
        return { files: files.map((file) => ({ ...file, is_dir: false })) };
      },
    }),
  },
  {
    defect: "the listing of a directory with a slash at its end is empty",
    caughtBy: "host/skills/sources",
    breaks: (backend) => ({
      ls: (path) => (path.length > 1 && path.endsWith("/") ? { files: [] } : backend.ls(path)),
    }),
  },
  {
    defect: "text is downloaded in another encoding",
    caughtBy: "host/memory/loaded",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).map((answer) => ({
          ...answer,
          content: answer.content && Buffer.from(Buffer.from(answer.content).toString("utf8"), "latin1"),
        })),
    }),
  },
  {
    defect: "a memory is downloaded once and then remembered",
    caughtBy: "host/memory/learned",
    breaks(backend) {
      const remembered = new Map<string, ReturnType<RemoteBackend["downloadFiles"]>>();
      return {
        downloadFiles: (paths) => {
          const key = paths.join();
          const answer = remembered.get(key) ?? backend.downloadFiles(paths);
          remembered.set(key, answer);
          return answer;
        },
      };
    },
  },
  {
    defect: "the caller of a sub-agent reads an older version",
    caughtBy: "host/subagents/share-files",
    breaks(backend) {
      const written = new Map<string, string>();
      return {
        write: (path, content) => {
          written.set(path, content);
          return backend.write(path, content);
        },
        read: async (path, ...window) => ({
          ...(await backend.read(path, ...window)),
          ...(written.has(path) && { content: written.get(path)! }),
        }),
      };
    },
  },
  {
    defect: "edits of sub-agents lose each other",
    caughtBy: "host/subagents/at-once",
    breaks: inTwoSteps,
  },
  {
    defect: "the first directory of a path is mistaken for a mount's name",
    caughtBy: "host/composite/written-edited-and-read",
    breaks: (backend) => ({ write: (path, content) => backend.write(`/memories${path}`, content) }),
  },
  {
    defect: "files of a mount are listed without the slash between",
    caughtBy: "host/composite/listed",
    breaks: (backend) => ({
      ls: async (path) => {
        const { files = [] } = await backend.ls(path);
        return { files: files.map((file) => ({ ...file, path: relative(file) })) };
      },
    }),
  },
  {
    defect: "a mount is not searched from above",
    caughtBy: "host/composite/searched",
    breaks: (backend) => ({
      glob: (pattern, path) => (path === "/" ? { files: [] } : backend.glob(pattern, path)),
    }),
  },
  {
    defect: "a file can be stored at the mount point",
    caughtBy: "host/composite/mount-point",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path === "/" ? "/index.txt" : path, content),
    }),
  },
  {
    defect: "a memory in a mount is answered without its content",
    caughtBy: "host/composite/memory",
    breaks: () => ({
      downloadFiles: (paths) => paths.map((path) => ({ path, content: null, error: null })),
    }),
  },
  {
    defect: "an empty mount stops a deletion",
    caughtBy: "host/composite/deleted",
    breaks: (backend) => ({
      delete: async (path) =>
        (await backend.ls("/")).files?.length ? backend.delete(path) : { error: "Error: nothing there" },
    }),
  },
  {
    defect: "matches have relative paths, which no rule denies",
    caughtBy: "host/permissions/denied",
    breaks: (backend) => ({
      grep: async (...args) => {
        const { matches = [] } = await backend.grep(...args);
        return { matches: matches.map((match) => ({ ...match, path: relative(match) })) };
      },
    }),
  },
  {
    defect: "a dot in a path leads around a rule",
    caughtBy: "host/permissions/spellings",
    breaks: (backend) => ({
      read: (path, ...window) => backend.read(path.replaceAll("/./", "/"), ...window),
    }),
  },
  {
    defect: "an escaped path leads around a rule",
    caughtBy: "host/permissions/spellings",
    breaks: (backend) => ({
      edit: (path, ...change) =>
        backend.edit(path.includes("%") ? decodeURIComponent(path) : path, ...change),
    }),
  },
  {
    defect: "a file that may be deleted lists itself",
    caughtBy: "host/permissions/delete",
    breaks: (backend) => ({
      ls: async (path) => {
        if (await isMissing(backend, path)) return backend.ls(path);
        return { files: [{ path, is_dir: false }] };
      },
    }),
  },
];
