import { posix } from "node:path";
import type { FileInfo, ReadRawResult } from "../../../src/protocol/protocol.js";
import type { Mutant } from "../mutant.js";
import { textOf, utf8 } from "../mutant.js";

/** Defects that it takes a sequence of operations to see. */
export const modelMutants: readonly Mutant[] = [
  {
    defect: "every third edit of a file is forgotten",
    caughtBy: "model/text/plain",
    breaks(backend) {
      const edits = new Map<string, number>();
      return {
        edit: async (path, ...rest) => {
          const before = await textOf(backend, path);
          const answer = await backend.edit(path, ...rest);
          if (answer.error !== undefined || before === undefined) return answer;
          edits.set(path, (edits.get(path) ?? 0) + 1);
          if (edits.get(path)! % 3 === 0) await backend.uploadFiles([[path, utf8(before)]]);
          return answer;
        },
      };
    },
  },
  {
    defect: "a file created again after its deletion has its old content",
    caughtBy: "model/text/plain",
    breaks(backend) {
      const cache = new Map<string, ReadRawResult>();
      return {
        edit: async (path, ...rest) => {
          const answer = await backend.edit(path, ...rest);
          if (answer.error === undefined) cache.delete(path);
          return answer;
        },
        uploadFiles: (files) => {
          for (const [path] of files) cache.delete(path);
          return backend.uploadFiles(files);
        },
        readRaw: async (path) => {
          const answer = await backend.readRaw(path);
          if (answer.data && !cache.has(path)) cache.set(path, answer);
          return answer.data ? cache.get(path)! : answer;
        },
      };
    },
  },
  {
    defect: "files that are deleted with their directory stay in its listing",
    caughtBy: "model/text/plain",
    breaks(backend) {
      const deleted = new Map<string, FileInfo>();
      return {
        delete: async (path) => {
          const { files = [] } = await backend.ls(path);
          const answer = await backend.delete(path);
          for (const file of files) if (!file.is_dir) deleted.set(file.path, file);
          return answer;
        },
        ls: async (path) => {
          const { files = [], ...rest } = await backend.ls(path);
          const stale = [...deleted.values()].filter(
            (file) => posix.dirname(file.path) === path && !files.some((one) => one.path === file.path),
          );
          return { ...rest, files: [...files, ...stale] };
        },
      };
    },
  },
  {
    defect: "an instance caches its reads until it changes the file itself",
    caughtBy: "model/text/two-instances",
    breaks(backend) {
      const cache = new Map<string, ReadRawResult>();
      return {
        write: (path, content) => {
          cache.delete(path);
          return backend.write(path, content);
        },
        edit: (path, ...rest) => {
          cache.delete(path);
          return backend.edit(path, ...rest);
        },
        readRaw: async (path) => {
          const answer = cache.get(path) ?? (await backend.readRaw(path));
          cache.set(path, answer);
          return answer;
        },
      };
    },
  },
  {
    defect: "an edit reads `$&` in the new text as the old one",
    caughtBy: "model/text/exact",
    breaks: (backend) => ({
      edit: (path, from, to, all) =>
        backend.edit(
          path,
          from,
          to.replaceAll("$&", () => from),
          all,
        ),
    }),
  },
  {
    defect: "an edit that replaces all line feeds takes the carriage returns along",
    caughtBy: "model/text/exact",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const answer = await backend.edit(path, from, to, all);
        const text = await textOf(backend, path);
        if (from !== "\n" || answer.error !== undefined || !text?.includes("\r")) return answer;
        await backend.uploadFiles([[path, utf8(text.replaceAll("\r", ""))]]);
        return answer;
      },
    }),
  },
  {
    defect: "an upload of fewer bytes leaves the end of the old content",
    caughtBy: "model/bytes/any",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        const answers = [];
        for (const [path, bytes] of files) {
          const old = (await backend.downloadFiles([path]))[0]?.content ?? new Uint8Array(0);
          const whole = Buffer.concat([bytes, old.subarray(bytes.length)]);
          answers.push(...(await backend.uploadFiles([[path, whole]])));
        }
        return answers;
      },
    }),
  },
  {
    defect: "a restored version is read as the one that it replaced",
    caughtBy: "model/history/text",
    breaks: (backend) => ({
      readVersion: async (path, version) => {
        const { versions = [] } = await backend.history(path);
        const i = versions.findIndex((entry) => entry.version === version);
        const other = versions[i]?.kind === "restore" ? versions[i + 1]?.version : undefined;
        return backend.readVersion(path, other ?? version);
      },
    }),
  },
  {
    defect: "an erasure of a file leaves the versions before its last deletion",
    caughtBy: "model/history/text",
    breaks: (backend) => ({
      erase: async (path, options) => {
        const { versions = [] } = await backend.history(path);
        if (versions[0]?.kind !== "delete") return backend.erase(path, options);
        return { files: 0, versions: versions.filter(({ kind }) => kind !== "delete").length };
      },
    }),
  },
  {
    defect: "a view of the past has the present bytes of files that still exist",
    caughtBy: "model/history/bytes",
    breaks: (backend) => ({
      at: (point) => {
        const past = backend.at(point);
        return new Proxy(past, {
          get(target, key) {
            if (key === "downloadFiles") {
              return async (paths: string[]) => {
                const [then, now] = [await past.downloadFiles(paths), await backend.downloadFiles(paths)];
                return then.map((answer, i) => (now[i]?.content ? now[i] : answer));
              };
            }
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
    }),
  },
  {
    defect: "a directory makes room for a file of its name",
    caughtBy: "model/path-conflicts/refused",
    breaks: (backend) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        if (answer.error === undefined || (await backend.readRaw(path)).data) return answer;
        await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "one of two concurrent edits of different files may be lost",
    caughtBy: "model/races/edits-in-some-order",
    breaks: (backend) => ({
      edit: async (path, from, to) => {
        const text = (await textOf(backend, path)) ?? "";
        await backend.ls(path);
        await backend.uploadFiles([[path, utf8(text.replace(from, () => to))]]);
        return { path, filesUpdate: null, occurrences: 1 };
      },
    }),
  },
];
