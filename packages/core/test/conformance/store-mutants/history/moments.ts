import { type Entry, type FileHistory, type FileStore, unknownPoint } from "../../../../src/adapter.js";
import { history, type StoreMutant } from "../mutant.js";

/** `resolve` with something done to the snapshot, which is a number. */
const snapshots = (change: (number: number) => number) =>
  history((intact) => ({
    resolve: async (...args) => String(change(Number(await intact.resolve(...args)))),
  }));

/** `resolve` with another point or root. */
const resolves = (
  change: (intact: FileHistory, ...args: Parameters<FileHistory["resolve"]>) => Promise<string>,
) => history((intact) => ({ resolve: (point, options) => change(intact, point, options) }));

/** `listAt` with something done to each page, or with other options. */
const listings = (
  change: (page: readonly Entry[], store: FileStore) => readonly Entry[] | Promise<readonly Entry[]>,
) =>
  history((intact, store) => ({
    async *listAt(...args) {
      for await (const page of intact.listAt(...args)) yield change(page, store);
    },
  }));

/** Defects of points in time, and of the files as they were. */
export const momentMutants: readonly StoreMutant[] = [
  {
    defect: "a version is the point before its change",
    caughtBy: "history/resolve/version",
    breaks: snapshots((number) => number - 1),
  },
  {
    defect: "a checkpoint is the point after its first change",
    caughtBy: "history/resolve/checkpoint",
    breaks: snapshots((number) => number + 1),
  },
  {
    defect: "a checkpoint is looked up without its thread",
    caughtBy: "history/resolve/checkpoint",
    breaks: resolves(async (intact, point, options) => {
      if (!("checkpoint" in point)) return intact.resolve(point, options);
      const all = await intact.changes(options.root, { ...options, limit: 1_000 });
      const found = all.find(({ by }) => by?.checkpoint === point.checkpoint);
      return String(Number(found?.id) - 1);
    }),
  },
  {
    defect: "a checkpoint at which nothing was changed is unknown",
    caughtBy: "history/resolve/checkpoint",
    breaks: resolves(async (intact, point, options) => {
      if (!("checkpoint" in point)) return intact.resolve(point, options);
      const all = await intact.changes(options.root, { ...options, limit: 1_000 });
      if (!all.some(({ by }) => by?.checkpoint === point.checkpoint)) throw unknownPoint(point);
      return intact.resolve(point, options);
    }),
  },
  {
    defect: "checkpoints are in the order of a language",
    caughtBy: "history/resolve/checkpoint",
    breaks: resolves(async (intact, point, options) => {
      if (!("checkpoint" in point)) return intact.resolve(point, options);
      const all = await intact.changes(options.root, { ...options, limit: 1_000 });
      const found = all.find(
        ({ by }) =>
          by?.thread === point.thread && (by.checkpoint ?? "").localeCompare(point.checkpoint, "en") >= 0,
      );
      if (!found) throw unknownPoint(point);
      return String(Number(found.id) - 1);
    }),
  },
  {
    defect: "deletions are not found by their checkpoint",
    caughtBy: "history/resolve/checkpoint-of-a-deletion",
    breaks: (store) => ({ delete: (key, { origin: _, ...options }) => store.delete(key, options) }),
  },
  {
    defect: "a time is the point before the changes of its millisecond",
    caughtBy: "history/resolve/time",
    breaks: resolves((intact, point, options) =>
      intact.resolve(point instanceof Date ? new Date(point.getTime() - 1) : point, options),
    ),
  },
  {
    defect: "a time in the future is refused",
    caughtBy: "history/resolve/future",
    breaks: resolves((intact, point, options) => {
      if (point instanceof Date && point > new Date()) throw unknownPoint(point);
      return intact.resolve(point, options);
    }),
  },
  {
    defect: "an unknown version is now",
    caughtBy: "history/resolve/unknown",
    breaks: resolves((intact, point, options) =>
      intact
        .resolve(point, options)
        .catch(() => ("version" in point ? "999999" : intact.resolve(point, options))),
    ),
  },
  {
    defect: "a time before the history begins is an empty workspace",
    caughtBy: "history/resolve/unknown",
    breaks: resolves((intact, point, options) =>
      intact.resolve(point, options).catch((error) => (point instanceof Date ? "0" : Promise.reject(error))),
    ),
  },
  {
    defect: "a checkpoint is a pattern",
    caughtBy: "history/resolve/unknown",
    breaks: resolves((intact, point, options) =>
      "thread" in point && point.thread === "%" ? Promise.resolve("0") : intact.resolve(point, options),
    ),
  },
  {
    defect: "points in time are looked up in the whole storage",
    caughtBy: "history/resolve/root",
    breaks: resolves((intact, point, options) => intact.resolve(point, { ...options, root: "" })),
  },
  {
    defect: "the root of a look-up ends without a slash",
    caughtBy: "history/resolve/root",
    breaks: resolves((intact, point, options) =>
      intact.resolve(point, { ...options, root: options.root.replace(/\/$/, "") }),
    ),
  },
  {
    defect: "a snapshot moves with the newest change",
    caughtBy: "history/snapshot/stays",
    breaks: snapshots(() => 999_999),
  },
  {
    defect: "files of a point in time are answered in the order of the storage",
    caughtBy: "history/get-at/one-per-key",
    breaks: history((intact) => ({
      getAt: (keys, ...rest) => intact.getAt([...keys].sort(), ...rest),
    })),
  },
  {
    defect: "only files that changed since are found at a point in time",
    caughtBy: "history/get-at/one-per-key",
    breaks: history((intact) => ({
      getAt: async (keys, snapshot, options) => {
        const changed = new Set<string>();
        for await (const page of intact.changedSince("", snapshot, options))
          for (const key of page) changed.add(key);
        return (await intact.getAt(keys, snapshot, options)).filter(
          (file, i) => !file || changed.has(keys[i]!),
        );
      },
    })),
  },
  {
    defect: "a listing of the past has only files that still exist",
    caughtBy: "history/list-at/as-it-was",
    breaks: listings(async (page, store) => {
      const options = { signal: new AbortController().signal, root: "" };
      const files = await Promise.all(page.map(({ key }) => store.get([key], options)));
      return page.filter(({ directory }, i) => directory || files[i]![0]);
    }),
  },
  {
    defect: "the prefix of a listing of the past is a directory",
    caughtBy: "history/list-at/as-it-was",
    breaks: history((intact) => ({
      async *listAt(prefix, ...rest) {
        for await (const page of intact.listAt(prefix, ...rest))
          yield page.filter(({ key }) => key.startsWith(prefix.replace(/\/?$/, "/")));
      },
    })),
  },
  {
    defect: "the size of an old file is its number of characters",
    caughtBy: "history/list-at/entries",
    breaks: listings((page) => page.map((entry) => (entry.size === 2 ? { ...entry, size: 1 } : entry))),
  },
  {
    defect: "a listing of the past has the present versions",
    caughtBy: "history/list-at/entries",
    breaks: listings((page) => page.map((entry) => ({ ...entry, version: `${entry.version}now` }))),
  },
  {
    defect: "a listing of the past ends after a page",
    caughtBy: "history/list-at/pages",
    breaks: history((intact) => ({
      async *listAt(...args) {
        for await (const page of intact.listAt(...args)) {
          yield page;
          return;
        }
      },
    })),
  },
  {
    defect: "only a page of the changed keys is listed",
    caughtBy: "history/list-at/pages",
    breaks: history((intact) => ({
      async *changedSince(...args) {
        for await (const page of intact.changedSince(...args)) {
          yield page;
          return;
        }
      },
    })),
  },
  {
    defect: "a deleted file has not changed",
    caughtBy: "history/changed-since/all",
    breaks: history((intact, store) => ({
      async *changedSince(prefix, snapshot, options) {
        for await (const page of intact.changedSince(prefix, snapshot, options)) {
          const files = await store.get(page, options);
          yield page.filter((_, i) => files[i]);
        }
      },
    })),
  },
  {
    defect: "a listing of changed keys begins behind the first of them",
    caughtBy: "history/changed-since/all",
    breaks: history((intact) => ({
      async *changedSince(...args) {
        for await (const page of intact.changedSince(...args)) yield page.slice(1);
      },
    })),
  },
];
