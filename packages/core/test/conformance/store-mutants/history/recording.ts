import { history, isFile, oldFiles, type StoreMutant, versions } from "../mutant.js";
import { blip } from "./blip.js";

/** `versions` with something done to each author. */
const authors = (change: (by: Readonly<Record<string, string>>) => object) =>
  versions((entries) =>
    entries.map((entry) => (entry.by ? { ...entry, by: change(entry.by as Record<string, string>) } : entry)),
  );

const mapValues = (by: Readonly<Record<string, string>>, change: (part: string) => string) =>
  Object.fromEntries(Object.entries(by).map(([name, part]) => [name, change(part)]));

/** Defects of what is recorded, and of `versions`. */
export const recordingMutants: readonly StoreMutant[] = [
  {
    defect: "deletions are not recorded",
    caughtBy: "history/versions/each-change",
    breaks: versions((entries) => entries.filter(({ kind }) => kind !== "delete")),
  },
  {
    defect: "an upload is recorded as a write",
    caughtBy: "history/versions/each-change",
    breaks: (store) => ({
      put: (changes, { origin, ...options }) =>
        store.put(changes, {
          ...options,
          ...(origin && { origin: { ...origin, kind: origin.kind === "upload" ? "write" : origin.kind } }),
        }),
    }),
  },
  {
    defect: "the size of a version is its number of characters",
    caughtBy: "history/versions/each-change",
    breaks: versions((entries) => entries.map((entry) => (entry.size === 6 ? { ...entry, size: 5 } : entry))),
  },
  {
    defect: "an underscore in a key is any character",
    caughtBy: "history/versions/own-file",
    breaks: history((intact) => ({
      versions: async (key, options) => {
        const like = key.includes("_") ? await intact.versions(key.replace("_", "."), options) : [];
        const more = like.map(({ current: _, ...entry }) => ({ ...entry, key }));
        return [...(await intact.versions(key, options)), ...more];
      },
    })),
  },
  {
    defect: "a change without an origin gets the one before",
    caughtBy: "history/versions/no-origin",
    breaks(store) {
      let last: Parameters<typeof store.put>[1]["origin"];
      return {
        put: (changes, options) => {
          last = options.origin ?? last;
          return store.put(changes, { ...options, ...(last && { origin: last }) });
        },
      };
    },
  },
  {
    defect: "an author has no checkpoint",
    caughtBy: "history/author/full",
    breaks: authors(({ checkpoint: _, ...rest }) => rest),
  },
  {
    defect: "missing parts of an author are empty texts",
    caughtBy: "history/author/partial",
    breaks: authors((by) => ({ thread: "", checkpoint: "", agent: "", user: "", ...by })),
  },
  {
    defect: "an author is escaped and never unescaped",
    caughtBy: "history/author/awkward",
    breaks: authors((by) => mapValues(by, encodeURIComponent)),
  },
  {
    defect: "an author is trimmed",
    caughtBy: "history/author/awkward",
    breaks: authors((by) => mapValues(by, (part) => part.trim())),
  },
  {
    defect: "an author is cut to fit",
    caughtBy: "history/author/longest",
    breaks: authors((by) => mapValues(by, (part) => part.slice(0, 100))),
  },
  {
    defect: "a deletion has the author of the deleted version",
    caughtBy: "history/author/of-a-deletion",
    breaks: versions((entries) =>
      entries.map((entry, i) => ({ ...entry, by: (entry.kind === "delete" ? entries[i + 1] : entry)?.by })),
    ),
  },
  {
    defect: "times are those of a wrong clock",
    caughtBy: "history/versions/times",
    breaks: versions((entries) =>
      entries.map((entry) => ({ ...entry, at: new Date(entry.at.getTime() - 3_600_000) })),
    ),
  },
  {
    defect: "a deleted version stays the current one",
    caughtBy: "history/versions/current",
    breaks(store) {
      const seen = new Map<string, string>();
      return versions((entries) =>
        entries.map((entry, i) => {
          if (entry.current !== undefined) seen.set(entry.id, entry.current);
          return {
            ...entry,
            current: i === 0 || entries[0]?.kind === "delete" ? seen.get(entry.id) : undefined,
          };
        }),
      )(store);
    },
  },
  {
    defect: "a page of versions begins with the last one of the page before",
    caughtBy: "history/versions/pages",
    breaks: history((intact) => ({
      versions: (key, { before, ...options }) =>
        intact.versions(key, { ...options, ...(before && { before: String(Number(before) + 1) }) }),
    })),
  },
  {
    defect: "an unknown id begins a page of all versions",
    caughtBy: "history/versions/pages",
    breaks: history((intact) => ({
      versions: (key, { before, ...options }) =>
        intact.versions(key, { ...options, ...(before !== "unknown" && { before }) }),
    })),
  },
  {
    defect: "an instance knows its own changes only",
    caughtBy: "history/versions/another-instance",
    breaks(store) {
      const own = new Set<string>();
      return {
        ...versions((entries) => entries.filter(({ id }) => own.has(id)))(store),
        put: async (changes, options) => {
          const outcomes = await store.put(changes, options);
          for (const { key } of changes)
            own.add((await store.history!.versions(key, { ...options, limit: 1 }))[0]?.id ?? "");
          return outcomes;
        },
      };
    },
  },
  {
    defect: "an id is the place of a version among those of its file, counted from the newest",
    caughtBy: "history/versions/ids-stay",
    breaks: history((intact) => ({
      versions: async (key, options) =>
        (await intact.versions(key, options)).map((entry, i) => ({ ...entry, id: String(i) })),
      getVersion: async (key, id, options) => {
        const all = await intact.versions(key, { ...options, limit: 1_000 });
        return intact.getVersion(key, all[Number(id)]?.id ?? "", options);
      },
    })),
  },
  {
    defect: "each replacement is recorded, with new content or without",
    caughtBy: "history/equal-content/overwrite",
    breaks: (store) => ({
      put: async (changes, options) => {
        for (const { key, condition } of changes)
          if (condition === "overwrite" && (await store.get([key], options))[0])
            await blip(store, key, options);
        return store.put(changes, options);
      },
    }),
  },
  {
    defect: "a change that leaves the content as it is takes over the version's entry",
    caughtBy: "history/equal-content/overwrite",
    breaks(store) {
      let last: Parameters<typeof store.put>[1]["origin"];
      return {
        ...versions((entries) => entries.map((entry, i) => (i === 0 ? { ...entry, by: last?.by } : entry)))(
          store,
        ),
        put: (changes, options) => {
          last = options.origin;
          return store.put(changes, options);
        },
      };
    },
  },
  {
    defect: "the current entry keeps the version that it was recorded with",
    caughtBy: "history/equal-content/file",
    breaks(store) {
      const seen = new Map<string, string | undefined>();
      return versions((entries) =>
        entries.map((entry) => {
          if (!seen.has(entry.id)) seen.set(entry.id, entry.current);
          return { ...entry, current: entry.current && seen.get(entry.id) };
        }),
      )(store);
    },
  },
  {
    defect: "content that was stored at any time makes no version",
    caughtBy: "history/equal-content/after-others",
    breaks: versions(async (entries, intact, options) => {
      const contents: unknown[] = [];
      for (const { key, id } of entries) contents.push((await intact.getVersion(key, id, options))?.content);
      return entries.filter(
        (_, i) => contents[i] === undefined || !contents.slice(i + 1).includes(contents[i]),
      );
    }),
  },
  {
    defect: "text and its bytes are the same content",
    caughtBy: "history/equal-content/text-and-bytes",
    breaks: versions(async (entries, intact, options) => {
      const contents: string[] = [];
      for (const { key, id } of entries)
        contents.push(String(Buffer.from((await intact.getVersion(key, id, options))?.content ?? "")));
      return entries.filter((_, i) => contents[i] !== contents[i + 1]);
    }),
  },
  {
    defect: "a refused change is recorded",
    caughtBy: "history/put/refused",
    breaks: (store) => ({
      put: async (changes, options) => {
        const outcomes = await store.put(changes, options);
        for (const [i, outcome] of outcomes.entries())
          if ("done" in outcome && !outcome.done) await blip(store, changes[i]!.key, options);
        return outcomes;
      },
    }),
  },
  {
    defect: "a change that is sent again is recorded again",
    caughtBy: "history/put/again",
    breaks: (store) => ({
      put: async (changes, options) => {
        for (const { key, id } of changes) {
          const [file] = await store.get([key], options);
          if (isFile(file) && file.writeIds.includes(id)) await blip(store, key, options);
        }
        return store.put(changes, options);
      },
    }),
  },
  {
    defect: "only the first file of a batch has an author",
    caughtBy: "history/put/batch",
    breaks: (store) => ({
      put: async (changes, { origin, ...options }) => [
        ...(await store.put(changes.slice(0, 1), { ...options, ...(origin && { origin }) })),
        ...(await store.put(changes.slice(1), options)),
      ],
    }),
  },
  {
    defect: "the deletion of nothing is recorded",
    caughtBy: "history/delete/nothing",
    breaks: (store) => ({
      delete: async (key, options) => {
        const outcome = await store.delete(key, options);
        if (outcome.deleted === 0) await blip(store, key, options);
        return outcome;
      },
    }),
  },
  {
    defect: "old text has lines that end at a line feed only",
    caughtBy: "history/content/text-crlf",
    breaks: oldFiles((file) => ({ ...file, content: String(file.content).replace(/\r\n?/g, "\n") })),
  },
  {
    defect: "old text has no byte order mark",
    caughtBy: "history/content/text-bom",
    breaks: oldFiles((file) => ({ ...file, content: String(file.content).replace(/^\ufeff/, "") })),
  },
  {
    defect: "an empty version is missing",
    caughtBy: "history/content/bytes-empty",
    breaks: oldFiles((file) => (file.content.length > 0 ? file : undefined)),
  },
  {
    defect: "old bytes that are valid UTF-8 are text",
    caughtBy: "history/content/bytes-of-text",
    breaks: oldFiles((file) => ({ ...file, content: Buffer.from(file.content).toString() })),
  },
  {
    defect: "old content ends after a million characters",
    caughtBy: "history/content/large-text",
    breaks: oldFiles((file) => ({ ...file, content: file.content.slice(0, 1_000_000) })),
  },
  {
    defect: "content at a point in time ends after a million bytes",
    caughtBy: "history/content/large-bytes",
    breaks: history((intact) => ({
      getAt: async (...args) =>
        (await intact.getAt(...args)).map(
          (file) => file && { ...file, content: file.content.slice(0, 1_000_000) },
        ),
    })),
  },
  {
    defect: "only replaced versions are known by their ids",
    caughtBy: "history/content/current",
    breaks: history((intact) => ({
      getVersion: async (key, id, options) => {
        const [newest] = await intact.versions(key, { ...options, limit: 1 });
        return newest?.id === id ? undefined : intact.getVersion(key, id, options);
      },
    })),
  },
  {
    defect: "an old version has the times of the present file",
    caughtBy: "history/content/times",
    breaks: oldFiles((file) => ({ ...file, createdAt: new Date(0), modifiedAt: new Date(0) })),
  },
  {
    defect: "an unknown id is an exception of the service",
    caughtBy: "history/content/unknown",
    breaks: history((intact) => ({
      getVersion: async (key, id, options) => {
        if (!/^\d{1,18}$/.test(id)) throw new TypeError(`invalid input syntax for type bigint: ${id}`);
        return intact.getVersion(key, id, options);
      },
    })),
  },
  {
    defect: "a version is looked up by its id alone",
    caughtBy: "history/content/unknown",
    breaks(store) {
      const keys = new Map<string, string>();
      return history((intact) => ({
        versions: async (key, options) => {
          const entries = await intact.versions(key, options);
          for (const { id } of entries) keys.set(id, key);
          return entries;
        },
        getVersion: async (key, id, options) => {
          const file = await intact.getVersion(keys.get(id) ?? key, id, options);
          return file && { ...file, key };
        },
      }))(store);
    },
  },
  {
    defect: "the UTF-8 of an old text is not marked as text",
    caughtBy: "history/content/utf8",
    breaks: oldFiles(({ isText: _, ...file }) => file),
  },
  {
    defect: "bytes of an old version are given out twice",
    caughtBy: "history/content/belongs-to-the-caller",
    breaks(store) {
      const cache = new Map<string, ReturnType<NonNullable<typeof store.history>["getVersion"]>>();
      return history((intact) => ({
        getVersion: (key, id, options) => {
          const file = cache.get(key + id) ?? intact.getVersion(key, id, options);
          cache.set(key + id, file);
          return file;
        },
      }))(store);
    },
  },
];
