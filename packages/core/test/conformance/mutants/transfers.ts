import type { Mutant } from "../mutant.js";
import { textOf, utf8 } from "../mutant.js";

/** Defects of `delete`, `uploadFiles` and `downloadFiles`. */
export const transferMutants: readonly Mutant[] = [
  {
    defect: "a deleted directory leaves deeper descendants",
    caughtBy: "delete/directory/with-everything-below",
    breaks: (backend) => ({
      delete: async (path) => {
        const children = (await backend.ls(path)).files?.filter((file) => !file.is_dir) ?? [];
        if (children.length === 0) return backend.delete(path);
        for (const child of children) await backend.delete(child.path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a deletion takes siblings whose name begins alike",
    caughtBy: "delete/directory/prefix-sibling",
    breaks: (backend) => ({
      delete: async (path) => {
        const all = (await backend.glob("**")).files ?? [];
        for (const file of all) if (file.path.startsWith(path)) await backend.delete(file.path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "`_` in the path of a deletion stands for any character",
    caughtBy: "delete/directory/wildcards-are-characters",
    breaks: (backend) => ({
      delete: async (path) => {
        const like = new RegExp(`^${path.replaceAll("_", ".").replaceAll("*", "\\*")}/`);
        for (const file of (await backend.glob("**")).files ?? []) {
          if (like.test(file.path)) await backend.delete(file.path);
        }
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "deleting an empty `/` is an error",
    caughtBy: "delete/root/when-empty",
    breaks: (backend) => ({
      delete: async (path) =>
        (await backend.ls(path)).files?.length === 0 && path === "/"
          ? { error: "nothing to delete" }
          : backend.delete(path),
    }),
  },
  {
    defect: "deleting a missing path succeeds",
    caughtBy: "delete/missing/second-time",
    breaks: (backend) => ({
      delete: async (path) => {
        await backend.delete(path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a refused deletion quotes its path",
    caughtBy: "paths/refused/dot-segment/delete",
    breaks: (backend) => ({
      delete: async (path) => {
        const answer = await backend.delete(path);
        return answer.error === undefined ? answer : { error: `${answer.error}: ${path}` };
      },
    }),
  },
  {
    defect: "a deletion of many stops after a thousand",
    caughtBy: "delete/directory/many-files",
    breaks: (backend) => ({
      delete: async (path) => {
        const { files = [] } = await backend.glob("**", path);
        if (files.length === 0) return backend.delete(path);
        for (const file of files.slice(0, 1_000)) await backend.delete(file.path);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "answers of an upload are in another order",
    caughtBy: "upload/answer/one-per-input-in-order",
    breaks: (backend) => ({
      uploadFiles: async (files) =>
        (await backend.uploadFiles(files)).sort((a, b) => (a.path < b.path ? -1 : 1)),
    }),
  },
  {
    defect: "a file refused in a batch is answered as stored",
    caughtBy: "upload/answer/one-bad-among-good",
    breaks: (backend) => ({
      uploadFiles: async (files) =>
        (await backend.uploadFiles(files)).map(({ path }) => ({ path, error: null })),
    }),
  },
  {
    defect: "the first of two files of one path wins",
    caughtBy: "upload/batch/duplicates-last-wins",
    breaks: (backend) => ({ uploadFiles: (files) => backend.uploadFiles([...files].reverse()) }),
  },
  {
    defect: "an upload does not replace",
    caughtBy: "upload/existing/replaced",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        const fresh: typeof files = [];
        for (const file of files) if (!(await backend.readRaw(file[0])).data) fresh.push(file);
        await backend.uploadFiles(fresh);
        return files.map(([path]) => ({ path, error: null }));
      },
    }),
  },
  {
    defect: "an upload keeps `created_at`",
    caughtBy: "upload/existing/created-anew",
    breaks(backend) {
      const created = new Map<string, string>();
      return {
        readRaw: async (path) => {
          const { data, ...rest } = await backend.readRaw(path);
          if (!data) return rest;
          created.set(path, created.get(path) ?? data.created_at);
          return { data: { ...data, created_at: created.get(path)! } };
        },
      };
    },
  },
  {
    defect: "bytes that are not UTF-8 are decoded all the same",
    caughtBy: "upload/bytes/invalid-utf8-impossible",
    breaks: (backend) => ({
      uploadFiles: (files) =>
        backend.uploadFiles(
          files.map(([path, bytes]) => [
            path,
            path.endsWith(".txt") ? utf8(new TextDecoder().decode(bytes)) : bytes,
          ]),
        ),
    }),
  },
  {
    defect: "a byte order mark is swallowed by the decoder",
    caughtBy: "upload/bytes/bom",
    breaks: (backend) => ({
      uploadFiles: (files) =>
        backend.uploadFiles(
          files.map(([path, bytes]) => [path, bytes[0] === 0xef ? bytes.subarray(3) : bytes]),
        ),
    }),
  },
  {
    defect: "the buffer behind a view is stored",
    caughtBy: "upload/input/view-of-a-larger-buffer",
    breaks: (backend) => ({
      uploadFiles: (files) =>
        backend.uploadFiles(files.map(([path, bytes]) => [path, new Uint8Array(bytes.buffer)])),
    }),
  },
  {
    defect: "the caller's array is read when its turn comes",
    caughtBy: "upload/input/changed-meanwhile",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        await backend.ls("/");
        return backend.uploadFiles(files);
      },
    }),
  },
  {
    defect: "the caller's array is kept instead of a copy",
    caughtBy: "upload/input/changed-later",
    breaks(backend) {
      const kept = new Map<string, Uint8Array>();
      return {
        uploadFiles: (files) => {
          for (const [path, bytes] of files) kept.set(path, bytes);
          return backend.uploadFiles(files);
        },
        downloadFiles: (paths) =>
          paths.map((path) => ({ path, content: kept.get(path) ?? null, error: null })),
      };
    },
  },
  {
    defect: "answers of a download are the found ones first",
    caughtBy: "download/answer/one-per-input-in-order",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).sort(
          (a, b) => Number(a.error !== null) - Number(b.error !== null),
        ),
    }),
  },
  {
    defect: "a path asked for twice is answered once",
    caughtBy: "download/answer/duplicates",
    breaks: (backend) => ({ downloadFiles: (paths) => backend.downloadFiles([...new Set(paths)]) }),
  },
  {
    defect: "any failure of a download is reported as `file_not_found`",
    caughtBy: "paths/refused/dot-segment/download",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).map((answer) => ({
          ...answer,
          error: answer.error === null ? null : "file_not_found",
        })),
    }),
  },
  {
    defect: "an empty file is reported as missing",
    caughtBy: "download/empty/is-not-missing",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).map(({ path, content, error }) =>
          content?.length ? { path, content, error } : { path, content: null, error: "file_not_found" },
        ),
    }),
  },
  {
    defect: "a download hands out the stored array",
    caughtBy: "download/bytes/belong-to-the-caller",
    breaks(backend) {
      const cache = new Map<string, Uint8Array | null>();
      return {
        downloadFiles: async (paths) => {
          const answers = await backend.downloadFiles(paths);
          return answers.map((answer) => {
            const content = cache.get(answer.path) ?? answer.content;
            cache.set(answer.path, content);
            return { ...answer, content };
          });
        },
      };
    },
  },
  {
    defect: "a download is that of an older version",
    caughtBy: "download/after/edit",
    breaks(backend) {
      const cache = new Map<string, Uint8Array>();
      return {
        downloadFiles: async (paths) =>
          (await backend.downloadFiles(paths)).map((answer) => {
            if (answer.content && !cache.has(answer.path)) cache.set(answer.path, answer.content.slice());
            return { ...answer, content: cache.get(answer.path) ?? null };
          }),
      };
    },
  },
  {
    defect: "text is downloaded with a final newline added",
    caughtBy: "download/text/utf8",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        Promise.all(
          (await backend.downloadFiles(paths)).map(async (answer) => {
            const text = await textOf(backend, answer.path);
            return text === undefined ? answer : { ...answer, content: utf8(text.replace(/\n?$/, "\n")) };
          }),
        ),
    }),
  },
  {
    defect: "an upload is stored in two steps",
    caughtBy: "races/upload/never-mixes-with-edits",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        for (const [path, bytes] of files) {
          const half = bytes.subarray(0, bytes.length >> 1);
          const stored = async () => (await backend.downloadFiles([path]))[0]?.content ?? new Uint8Array(0);
          await backend.uploadFiles([[path, half]]);
          let first = await stored();
          // Others come in between, as they do on a real service.
          for (let turn = 0; turn < 200 && Buffer.compare(first, half) === 0; turn++) {
            await new Promise(setImmediate);
            first = await stored();
          }
          await backend.uploadFiles([[path, Buffer.concat([first, bytes.subarray(half.length)])]]);
        }
        return files.map(([path]) => ({ path, error: null }));
      },
    }),
  },
];
