import type { RemoteBackend } from "../../../src/backend/remote-backend.js";
import type { BackendProtocolV2 } from "../../../src/protocol/protocol.js";
import type { Mutant } from "../mutant.js";

/** Reads the files that a call was about when it has ended. */
const thenReads =
  (method: "write" | "read" | "edit" | "grep" | "ls", pathsOf = (args: unknown[]) => [args[0]]) =>
  (backend: RemoteBackend): Partial<BackendProtocolV2> => ({
    [method]: async (...args: unknown[]) => {
      const answer = await (backend[method] as (...all: unknown[]) => Promise<object>)(...args);
      const listed = "files" in answer ? (answer.files as { path: string }[]).map(({ path }) => path) : [];
      for (const path of [...pathsOf(args), ...listed]) await backend.readRaw(path as string);
      return answer;
    },
  });

/** Makes some calls by another reader, so that they are not remembered. */
const byAnother =
  (
    ...methods: ("write" | "read" | "readRaw" | "edit" | "downloadFiles" | "uploadFiles")[]
  ): Mutant["breaks"] =>
  (_, { another }) => {
    const other = another();
    return Object.fromEntries(methods.map((method) => [method, other[method].bind(other)]));
  };

/** Replaces what is there, as if every write had been preceded by a read. */
const unguarded = (backend: RemoteBackend): BackendProtocolV2["write"] => {
  return async (path, content) => {
    await backend.readRaw(path);
    return backend.write(path, content);
  };
};

/** Remembers paths that were seen, not versions. */
const byPath = (backend: RemoteBackend): Partial<BackendProtocolV2> => {
  const seen = new Set<string>();
  return {
    read: (path, ...rest) => {
      seen.add(path);
      return backend.read(path, ...rest);
    },
    write: async (path, content) => {
      if (seen.has(path)) await backend.readRaw(path);
      seen.add(path);
      return backend.write(path, content);
    },
  };
};

/** Defects of guarded writes. */
export const guardedMutants: readonly Mutant[] = [
  {
    defect: "a guarded write replaces what was never read",
    caughtBy: "guarded/unread/refused",
    breaks: (backend) => ({ write: unguarded(backend) }),
  },
  {
    defect: "a guarded write replaces an empty file that was never read",
    caughtBy: "guarded/unread/empty-file",
    breaks: (backend) => ({
      write: async (path, content) => {
        if ((await backend.ls("/")).files?.some((file) => file.path === path && file.size === 0))
          await backend.readRaw(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "a write of the content that is there is refused as unread",
    caughtBy: "guarded/unread/same-content",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await backend.grep(content.split("\n")[0]!, path)).matches?.length
          ? { error: "read it first" }
          : backend.write(path, content),
    }),
  },
  {
    defect: "a new file must be read before it is written",
    caughtBy: "guarded/unread/new-file",
    breaks: (backend) => {
      const seen = new Set<string>();
      return {
        write: async (path, content) =>
          seen.has(path) ? backend.write(path, content) : { error: "read it first" },
      };
    },
  },
  {
    defect: "a search is a look",
    caughtBy: "guarded/unread/after-a-search",
    breaks: thenReads("grep", (args) => [args[1]]),
  },
  { defect: "a listing is a look", caughtBy: "guarded/unread/after-a-listing", breaks: thenReads("ls") },
  {
    defect: "a read that fails is a look",
    caughtBy: "guarded/unread/after-a-read-past-the-end",
    breaks: thenReads("read"),
  },
  {
    defect: "a refused write is a look",
    caughtBy: "guarded/unread/after-a-refused-write",
    breaks: thenReads("write"),
  },
  {
    defect: "a refused edit is a look",
    caughtBy: "guarded/unread/after-a-refused-edit",
    breaks: thenReads("edit"),
  },
  { defect: "a read is forgotten", caughtBy: "guarded/seen/after-a-read", breaks: byAnother("read") },
  {
    defect: "only whole files are seen",
    caughtBy: "guarded/seen/after-a-read-of-a-part",
    breaks: (backend, { another }) => {
      const other = another();
      return {
        read: (path, offset = 0, limit = 500) => (offset > 0 ? other : backend).read(path, offset, limit),
      };
    },
  },
  { defect: "readRaw is forgotten", caughtBy: "guarded/seen/after-read-raw", breaks: byAnother("readRaw") },
  {
    defect: "a download is forgotten",
    caughtBy: "guarded/seen/after-a-download",
    breaks: byAnother("downloadFiles"),
  },
  { defect: "a picture is not seen", caughtBy: "guarded/seen/media", breaks: byAnother("read") },
  {
    defect: "an own write is forgotten",
    caughtBy: "guarded/seen/own-write",
    breaks: (_, { another }) => ({ write: (path, content) => another().write(path, content) }),
  },
  {
    defect: "an own upload is forgotten",
    caughtBy: "guarded/seen/own-upload",
    breaks: byAnother("uploadFiles"),
  },
  { defect: "an own edit is forgotten", caughtBy: "guarded/seen/own-edit", breaks: byAnother("edit") },
  {
    defect: "a guarded replacement is a new file",
    caughtBy: "guarded/seen/keeps-creation-time",
    breaks: (backend) => ({
      write: async (path, content) => {
        if ((await backend.readRaw(path)).data) await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  { defect: "paths are remembered, not versions", caughtBy: "guarded/changed/refused", breaks: byPath },
  {
    defect: "an own file stays one's own",
    caughtBy: "guarded/changed/own-write-since",
    breaks: byPath,
  },
  {
    defect: "what was once seen is seen when others store it again, with what they have added",
    caughtBy: "guarded/changed/back-again",
    breaks: (backend) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        await backend.readRaw(path);
        await backend.write(path, `${content}and more\n`);
        return answer;
      },
    }),
  },
  {
    defect: "an edit counts as a look at the changes of others",
    caughtBy: "guarded/changed/own-edit-of-the-unseen",
    breaks: thenReads("edit"),
  },
  {
    defect: "an edit counts as a look at a file that was never read",
    caughtBy: "guarded/changed/edit-of-the-unread",
    breaks: thenReads("edit"),
  },
  {
    defect: "a file that was deleted by others cannot be written",
    caughtBy: "guarded/changed/deleted-since",
    breaks: (backend) => {
      const seen = new Set<string>();
      return {
        read: (path, ...rest) => {
          seen.add(path);
          return backend.read(path, ...rest);
        },
        write: async (path, content) =>
          seen.has(path) && !(await backend.readRaw(path)).data
            ? { error: "It has changed since you read it." }
            : backend.write(path, content),
      };
    },
  },
  {
    defect: "a file that others have created again is the deleted one",
    caughtBy: "guarded/changed/created-again",
    breaks: (backend) => {
      const own = new Set<string>();
      return {
        write: async (path, content) => {
          if (own.has(path)) await backend.readRaw(path);
          own.add(path);
          return backend.write(path, content);
        },
      };
    },
  },
  {
    defect: "a tool result is guarded",
    caughtBy: "guarded/areas/tool-results",
    breaks: (backend) => ({
      write: async (path, content) =>
        (await backend.readRaw(path)).data ? { error: "read it first" } : backend.write(path, content),
    }),
  },
  {
    defect: "a history that was seen is replaced",
    caughtBy: "guarded/areas/history",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "the version is compared first, and the file replaced then",
    caughtBy: "guarded/race/one-replaces",
    breaks: (backend) => ({
      write: async (path, content) => {
        const stored = (await backend.readRaw(path)).data;
        if (stored) await backend.delete(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "a refused write is repeated on what is there then",
    caughtBy: "guarded/race/one-instance",
    breaks: (backend) => ({
      write: async (path, content) => {
        let answer = await backend.write(path, content);
        while (answer.error !== undefined) {
          await backend.readRaw(path);
          answer = await backend.write(path, content);
        }
        return answer;
      },
    }),
  },
  {
    defect: "a creation replaces the file of another writer",
    caughtBy: "guarded/race/one-creates",
    breaks: (backend) => ({
      write: async (path, content) => {
        await backend.uploadFiles([[path, Buffer.from(content)]]);
        return { path, filesUpdate: null };
      },
    }),
  },
  {
    defect: "lines that were added since the read are lost",
    caughtBy: "guarded/race/nothing-is-lost",
    breaks: (backend) => ({
      write: async (path, content) => {
        await new Promise((resolve) => setImmediate(resolve));
        return unguarded(backend)(path, content);
      },
    }),
  },
  {
    defect: "a guarded replacement whose answer was lost is refused by its own change",
    caughtBy: "lost-answers/guarded/is-done",
    breaks: (backend, { service }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        return service.hasLost ? { error: "It has changed since you read it." } : answer;
      },
    }),
  },
  {
    defect: "a guarded replacement whose answer was lost counts as a look at what is there then",
    caughtBy: "lost-answers/guarded/edited-since",
    breaks: (backend, { service }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        if (service.hasLost) await backend.readRaw(path);
        return answer;
      },
    }),
  },
  {
    defect: "a guarded replacement that never arrived is reported as made",
    caughtBy: "lost-answers/guarded/not-carried-out",
    breaks: (backend, { service, another }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        if (service.hasLost) await another().uploadFiles([[path, Buffer.from("old\n")]]);
        return answer;
      },
    }),
  },
  {
    defect: "a guarded replacement that never arrived replaces what others have written",
    caughtBy: "lost-answers/guarded/changed-by-others",
    breaks: (backend, { service }) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        if (!service.hasLost) return answer;
        await backend.readRaw(path);
        return backend.write(path, content);
      },
    }),
  },
  {
    defect: "the refusal does not say that the file must be read",
    caughtBy: "host/guarded/recovers",
    breaks: (backend) => ({
      write: async (path, content) => {
        const answer = await backend.write(path, content);
        return answer.error === undefined ? answer : { error: "Error: refused" };
      },
    }),
  },
  {
    defect: "a read between two agents' writes is not needed",
    caughtBy: "host/guarded/changed-meanwhile",
    breaks: byPath,
  },
  {
    defect: "an agent's own file must be read before it is replaced",
    caughtBy: "host/guarded/whole-file-again",
    breaks: (_, { another }) => ({ write: (path, content) => another().write(path, content) }),
  },
  {
    defect: "a page is no look at a large file",
    caughtBy: "host/guarded/page-of-a-large-file",
    breaks: byAnother("read"),
  },
  {
    defect: "memory that was loaded by the middleware is unread",
    caughtBy: "host/guarded/memory-and-skills",
    breaks: byAnother("downloadFiles"),
  },
  {
    defect: "what a subagent reads is not seen",
    caughtBy: "host/guarded/in-a-subagent",
    breaks: byAnother("read"),
  },
  {
    defect: "what is read through a mount is not seen",
    caughtBy: "host/guarded/in-a-mount",
    breaks: byAnother("read"),
  },
];
