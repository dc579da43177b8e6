import type { Mutant } from "../../mutant.js";
import { utf8 } from "../../mutant.js";
import { contentOf } from "./methods.js";

/** Defects of reading, comparing and restoring old versions. */
export const oldVersionMutants: readonly Mutant[] = [
  {
    defect: "an old version has lines that end at a line feed only",
    caughtBy: "history/read-version/text",
    breaks: (backend) => ({
      readVersion: async (path, version) => {
        const { data, ...rest } = await backend.readVersion(path, version);
        const content = data?.content;
        if (!data || typeof content !== "string") return { ...rest, ...(data && { data }) };
        return { ...rest, data: { ...data, content: content.replaceAll("\r", "") } as typeof data };
      },
    }),
  },
  {
    defect: "an empty version is a missing one",
    caughtBy: "history/read-version/bytes",
    breaks: (backend) => ({
      readVersion: async (path, version) => {
        const answer = await backend.readVersion(path, version);
        return answer.data?.content.length === 0 ? { error: "no such version" } : answer;
      },
    }),
  },
  {
    defect: "an unknown version is the stored file",
    caughtBy: "history/read-version/unknown",
    breaks: (backend) => ({
      readVersion: async (path, version) => {
        const answer = await backend.readVersion(path, version);
        return answer.error === undefined ? answer : backend.readRaw(path);
      },
    }),
  },
  {
    defect: "a comparison goes from the newer version to the older",
    caughtBy: "history/diff/text",
    breaks: (backend) => ({
      diff: (path, from, to) => (to === undefined ? backend.diff(path, from) : backend.diff(path, to, from)),
    }),
  },
  {
    defect: "a comparison without a second version is with the version before",
    caughtBy: "history/diff/text",
    breaks: (backend) => ({
      diff: async (path, from, to) => {
        const { versions = [] } = await backend.history(path);
        return backend.diff(path, from, to ?? versions[1]?.version);
      },
    }),
  },
  {
    defect: "binary versions are compared as text",
    caughtBy: "history/diff/binary",
    breaks: (backend) => ({
      diff: async (path, from, to) => {
        const answer = await backend.diff(path, from, to);
        if (!answer.diff?.startsWith("Binary")) return answer;
        return {
          diff: `--- ${path}\n+++ ${path}\n-${await contentOf(backend, path, from)}\n+secret words\n`,
        };
      },
    }),
  },
  {
    defect: "an old version is restored by `write`",
    caughtBy: "history/restore/content",
    breaks: (backend) => ({
      restore: async (path, version) => {
        const { error } = await backend.write(path, String(await contentOf(backend, path, version)));
        return error === undefined ? { path } : { error };
      },
    }),
  },
  {
    defect: "a file that does not exist cannot be restored",
    caughtBy: "history/restore/deleted",
    breaks: (backend) => ({
      restore: async (path, version, options) =>
        (await backend.readRaw(path)).error === undefined
          ? backend.restore(path, version, options)
          : { error: `File '${path}' not found` },
    }),
  },
  {
    defect: "a restored file gets a version, changed or not",
    caughtBy: "history/restore/current",
    breaks: (backend) => ({
      restore: async (path, version, options) => {
        await backend.uploadFiles([[path, utf8("restoring")]]);
        return backend.restore(path, version, options);
      },
    }),
  },
  {
    defect: "the restore of an unknown version is a success",
    caughtBy: "history/restore/unknown",
    breaks: (backend) => ({
      restore: async (path, version, options) =>
        (await backend.readVersion(path, version)).error === undefined
          ? backend.restore(path, version, options)
          : { path },
    }),
  },
  {
    defect: "`ifVersion` is not looked at",
    caughtBy: "history/restore/if-version",
    breaks: (backend) => ({ restore: (path, version) => backend.restore(path, version) }),
  },
  {
    defect: "a restore makes room for its file",
    caughtBy: "history/restore/path-conflict",
    breaks: (backend) => ({
      restore: async (path, version, options) => {
        const answer = await backend.restore(path, version, options);
        if (answer.error === undefined) return answer;
        await backend.delete(path);
        return backend.restore(path, version, options);
      },
    }),
  },
];
