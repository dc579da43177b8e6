import { setTimeout as delay } from "node:timers/promises";
import type { Mutant } from "../mutant.js";
import { utf8 } from "../mutant.js";

const isAway = ({ error }: { error?: unknown }): boolean =>
  typeof error === "string" && error.includes("The service is away");

/** Defects that show while the service is away, and after it. */
export const outageMutants: readonly Mutant[] = [
  {
    defect: "an outage is reported as a missing file",
    caughtBy: "outage/read/is-an-error",
    breaks: (backend) => ({
      read: async (path) => {
        const answer = await backend.read(path);
        return isAway(answer) ? { error: `File '${path}' not found` } : answer;
      },
    }),
  },
  {
    defect: "during an outage a read answers with nothing",
    caughtBy: "outage/read/is-an-error",
    breaks: (backend) => ({
      read: async (path) => {
        const answer = await backend.read(path);
        return isAway(answer) ? { content: "", mimeType: "text/plain" } : answer;
      },
    }),
  },
  {
    defect: "during an outage `readRaw` rejects",
    caughtBy: "outage/read/is-an-error",
    breaks: (backend) => ({
      readRaw: async (path) => {
        const answer = await backend.readRaw(path);
        if (isAway(answer)) throw new Error(answer.error);
        return answer;
      },
    }),
  },
  {
    defect: "during an outage directories are empty",
    caughtBy: "outage/ls/is-an-error",
    breaks: (backend) => ({
      ls: async (path) => {
        const answer = await backend.ls(path);
        return isAway(answer) ? { files: [] } : answer;
      },
    }),
  },
  {
    defect: "an outage of `ls` is reported in the words for a plain file",
    caughtBy: "outage/ls/is-an-error",
    breaks: (backend) => ({
      ls: async (path) => {
        const answer = await backend.ls(path);
        return isAway(answer) ? { error: `${path} is not a directory, or the service is away` } : answer;
      },
    }),
  },
  {
    defect: "during an outage no file matches",
    caughtBy: "outage/glob/is-an-error",
    breaks: (backend) => ({
      glob: async (...args) => {
        const answer = await backend.glob(...args);
        return isAway(answer) ? { files: [] } : answer;
      },
    }),
  },
  {
    defect: "a search skips files that cannot be read",
    caughtBy: "outage/grep/is-an-error",
    breaks: (backend) => ({
      grep: async (...args) => {
        const answer = await backend.grep(...args);
        return isAway(answer) ? { matches: [] } : answer;
      },
    }),
  },
  {
    defect: "a write that could not be sent is reported as done",
    caughtBy: "outage/write/is-an-error",
    breaks: (backend) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        return isAway(answer) ? { path, filesUpdate: null } : answer;
      },
    }),
  },
  {
    defect: "an edit that could not be sent is reported as done",
    caughtBy: "outage/edit/is-an-error",
    breaks: (backend) => ({
      edit: async (path, ...rest) => {
        const answer = await backend.edit(path, ...rest);
        return isAway(answer) ? { path, filesUpdate: null, occurrences: 1 } : answer;
      },
    }),
  },
  {
    defect: "the message of the service, `bucket not found`, is passed on by a deletion",
    caughtBy: "outage/delete/is-an-error",
    breaks: (backend) => ({
      delete: async (path) => {
        const answer = await backend.delete(path);
        return isAway(answer) ? { error: "The bucket was not found" } : answer;
      },
    }),
  },
  {
    defect: "a download that failed is `file_not_found`",
    caughtBy: "outage/download/is-no-absence",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).map((answer) =>
          answer.content ? answer : { ...answer, error: "file_not_found" },
        ),
    }),
  },
  {
    defect: "an upload that failed has one answer for all its files",
    caughtBy: "outage/upload/one-error-per-input",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        const answers = await backend.uploadFiles(files);
        return answers.every(({ error }) => error !== null) ? answers.slice(0, 1) : answers;
      },
    }),
  },
  {
    defect: "every operation waits for a service that is known to be away",
    caughtBy: "outage/stays/fails-fast",
    breaks: (backend) => ({
      read: async (...args) => {
        const answer = await backend.read(...args);
        if (isAway(answer)) await delay(1_010);
        return answer;
      },
    }),
  },
  {
    defect: "an instance that has seen an outage never works again",
    caughtBy: "outage/end/works-again",
    timeoutMs: 4_000,
    breaks(backend) {
      let isBroken = false;
      return {
        read: async (...args) => {
          const answer = isBroken ? { error: "The connection is closed." } : await backend.read(...args);
          isBroken ||= isAway(answer);
          return answer;
        },
      };
    },
  },
  {
    defect: "an interrupted edit leaves half of the file",
    caughtBy: "outage/end/nothing-half-written",
    breaks: (backend, { everything, name }) => ({
      edit: async (path, ...rest) => {
        const { data } = await everything.readRaw(`/${name}${path}`);
        const answer = await backend.edit(path, ...rest);
        const half = String(data?.content).slice(0, 5_000);
        if (isAway(answer)) await everything.uploadFiles([[`/${name}${path}`, utf8(half)]]);
        return answer;
      },
    }),
  },
  {
    defect: "a write is reported as done before it is sent",
    caughtBy: "outage/end/nothing-half-written",
    breaks: (backend) => ({
      write: async (path, content) => {
        void backend.ls("/").then(() => backend.write(path, content));
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a failed look-up is reported as absence",
    caughtBy: "read-outage/read/is-no-absence",
    breaks: (backend) => ({
      readRaw: async (path) => {
        const answer = await backend.readRaw(path);
        return isAway(answer) ? { error: `File '${path}' not found` } : answer;
      },
    }),
  },
  {
    defect: "a directory that cannot be listed is reported as empty",
    caughtBy: "read-outage/lists/are-not-shorter",
    breaks: (backend) => ({
      ls: async (path) => {
        const answer = await backend.ls(path);
        return isAway(answer) ? { files: [] } : answer;
      },
    }),
  },
  {
    defect: "a write looks first, and takes a look-up that failed for absence",
    caughtBy: "read-outage/write/never-replaces",
    breaks: (backend) => ({
      write: async (path, content) => {
        if ((await backend.readRaw(path)).data) return { error: "Error: exists; read and edit it" };
        await backend.uploadFiles([[path, utf8(content)]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "a write whose size cannot be looked up afterwards is wrongly reported as done",
    caughtBy: "read-outage/write/new-is-whole-or-refused",
    breaks: (backend) => ({
      write: async (path, content) =>
        isAway(await backend.readRaw(path)) ? { path, filesUpdate: null } : backend.write(path, content),
    }),
  },
  {
    defect: "an edit of a file that could not be read starts from an empty one",
    caughtBy: "read-outage/edit/everything-or-nothing",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const answer = await backend.edit(path, from, to, all);
        if (!isAway(answer)) return answer;
        await backend.uploadFiles([[path, utf8(to)]]);
        return { path, filesUpdate: null, occurrences: 0 };
      },
    }),
  },
  {
    defect: "a deletion that could not look whether the file is there says that it is not",
    caughtBy: "read-outage/delete/is-no-absence",
    breaks: (backend) => ({
      delete: async (path) =>
        isAway(await backend.ls(path)) ? { error: `Error: File '${path}' not found` } : backend.delete(path),
    }),
  },
  {
    defect: "a failed look-up of a download is reported as a missing file",
    caughtBy: "read-outage/download/is-no-absence",
    breaks: (backend) => ({
      downloadFiles: async (paths) =>
        (await backend.downloadFiles(paths)).map((answer) => ({
          ...answer,
          error: answer.content ? null : "file_not_found",
        })),
    }),
  },
  {
    defect: "a history is written over where writes replace in deepagents' own areas",
    caughtBy: "read-outage/history/is-not-replaced",
    breaks: (_, { everything, name }) => ({
      write: async (path, content) => {
        await everything.delete(`/${name}${path}`);
        return everything.write(`/${name}${path}`, content);
      },
    }),
  },
];
