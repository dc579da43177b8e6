import { posix } from "node:path";
import type { Mutant } from "../mutant.js";
import { utf8 } from "../mutant.js";

/** Defects of `write`. */
export const writingMutants: readonly Mutant[] = [
  {
    defect: "a write replaces",
    caughtBy: "write/existing/refused",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "a write of the stored content is refused",
    caughtBy: "write/existing/same-content-accepted",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await backend.readRaw(path)).data
          ? { error: "exists; read and edit it" }
          : backend.write(path, content),
    }),
  },
  {
    defect: "a write of the stored content is a new version",
    caughtBy: "write/existing/same-content-accepted",
    breaks: (backend) => ({
      write: async (path, content) => {
        const old = (await backend.readRaw(path)).data?.content;
        if (old === content) await backend.uploadFiles([[path, utf8(content)]]);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "content that an instance has written is considered stored for good",
    caughtBy: "write/existing/same-content-by-another-instance",
    breaks: (backend) => {
      const written = new Set<string>();
      return {
        write: async (path, content) => {
          if (written.has(content)) return { path, filesUpdate: null };
          written.add(content);
          return backend.write(path, content);
        },
      };
    },
  },
  {
    defect: "the loser of a race is refused whatever it writes",
    caughtBy: "races/write/same-content",
    breaks: (backend) => ({
      write: async (path, content) => {
        const lock = await backend.write(`${path}.lock`, String(Math.random()));
        return lock.error === undefined ? backend.write(path, content) : lock;
      },
    }),
  },
  {
    defect: "the refusal of an existing file says nothing useful",
    caughtBy: "write/existing/refusal-says-what-to-do",
    breaks: (backend) => ({
      write: async (...args) => {
        const answer = await backend.write(...args);
        return answer.error === undefined ? answer : { error: "EEXIST" };
      },
    }),
  },
  {
    defect: "two writers look first and create then",
    caughtBy: "races/write/one-winner",
    breaks: (backend) => ({
      write: async (path, content) => {
        if ((await backend.readRaw(path)).data) return backend.write(path, content);
        await backend.uploadFiles([[path, utf8(content)]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "CRLF is flattened by a write",
    caughtBy: "read-raw/exact/crlf",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path, content.replaceAll("\r\n", "\n")),
    }),
  },
  {
    defect: "NUL is stripped",
    caughtBy: "read/text/nul",
    breaks: (backend) => ({ write: (path, content) => backend.write(path, content.replaceAll("\0", "")) }),
  },
  {
    defect: "halves of surrogate pairs are dropped",
    caughtBy: "write/lone-surrogates/lose-nothing-else",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path, content.toWellFormed().replaceAll("\ufffd", "")),
    }),
  },
  {
    defect: "a write with half a surrogate pair is refused",
    caughtBy: "agent-areas/tool-results/any-content",
    breaks: (backend) => ({
      write: async (path, content) =>
        content.isWellFormed()
          ? backend.write(path, content)
          : { error: "invalid byte sequence for encoding UTF8" },
    }),
  },
  {
    defect: "`..` in a path is resolved",
    caughtBy: "paths/refused/dot-dot-segment/write",
    breaks: (backend) => ({ write: (path, content) => backend.write(posix.normalize(path), content) }),
  },
  {
    defect: "a newline in a path is dropped",
    caughtBy: "paths/refused/control-character/write",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path.replace(/[^ -\uffff]/g, ""), content),
    }),
  },
  {
    defect: "words are stored as a picture",
    caughtBy: "write/base64/refused/words",
    breaks: (backend) => ({
      write: async (path, content) => {
        if (!path.endsWith(".png")) return backend.write(path, content);
        await backend.uploadFiles([[path, Buffer.from(content, "base64")]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "the head of a `data:` URL is stored with the picture",
    caughtBy: "write/base64/data-url",
    breaks: (backend) => ({
      write: (path, content) => backend.write(path, content.replace(/^data:.*,/, "AAAA")),
    }),
  },
  {
    defect: "the answer's path is normalized",
    caughtBy: "write/answer/path-as-asked",
    breaks: (backend) => ({
      write: async (path, content) => ({
        ...(await backend.write(path, content)),
        path: posix.normalize(path),
      }),
    }),
  },
  {
    defect: "`filesUpdate` holds the file, which the agent's state would keep",
    caughtBy: "write/answer/shape",
    breaks: (backend) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        return { ...answer, filesUpdate: { [path]: (await backend.readRaw(path)).data } as never };
      },
    }),
  },
  {
    defect: "tool results are create-only",
    caughtBy: "agent-areas/tool-results/written-again",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await backend.readRaw(path)).data
          ? { error: "exists; read and edit it" }
          : backend.write(path, content),
    }),
  },
  {
    defect: "a history does not grow by a write",
    caughtBy: "agent-areas/history/grown-by-a-write",
    breaks: (backend) => ({
      write: async (path, content) => {
        const old = (await backend.readRaw(path)).data?.content;
        return old === undefined || old === content ? backend.write(path, content) : { error: "exists" };
      },
    }),
  },
  {
    defect: "a history is looked at first and replaced then",
    caughtBy: "agent-areas/history/of-many-at-once",
    breaks: (backend) => ({
      write: async (path, content) => {
        const old = (await backend.readRaw(path)).data?.content;
        if (typeof old === "string" && content.includes(old)) {
          await backend.uploadFiles([[path, utf8(content)]]);
          return { path, filesUpdate: null };
        }
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "a history is replaced by a write",
    caughtBy: "agent-areas/history/other-content-refused",
    breaks: (backend) => ({
      write: async (path, content) => {
        if (path.startsWith("/conversation_history/")) await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "a history is replaced by an upload",
    caughtBy: "agent-areas/history/uploads-only-append",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        for (const [path] of files) {
          if (path.startsWith("/conversation_history/")) await backend.delete(path);
        }
        return backend.uploadFiles(files);
      },
    }),
  },
  {
    defect: "a refused history spoils its batch",
    caughtBy: "agent-areas/history/uploads-only-append",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        for (const [path, bytes] of files) {
          const { data } = await backend.readRaw(path);
          const isKept = path.startsWith("/conversation_history/") && data !== undefined;
          if (isKept && !Buffer.from(bytes).toString().startsWith(String(data?.content))) {
            return files.map(([one]) => ({ path: one, error: "permission_denied" as const }));
          }
        }
        return backend.uploadFiles(files);
      },
    }),
  },
  {
    defect: "an upload looks at a history first and replaces it then",
    caughtBy: "agent-areas/history/uploads-at-once",
    breaks: (backend) => ({
      uploadFiles: async (files) => {
        const answers = await backend.uploadFiles(files);
        for (const [i, [path, bytes]] of files.entries()) {
          if (!path.startsWith("/conversation_history/") || answers[i]?.error === null) continue;
          if (!Buffer.from(bytes).includes("section")) continue;
          await backend.delete(path);
          answers.splice(i, 1, ...(await backend.uploadFiles([[path, bytes]])));
        }
        return answers;
      },
    }),
  },
];
