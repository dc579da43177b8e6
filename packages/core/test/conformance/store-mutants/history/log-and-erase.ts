import type {
  EraseVersionsOptions,
  FileHistory,
  Key,
  ListChangesOptions,
  VersionEntry,
} from "../../../../src/adapter.js";
import { history, type StoreMutant, versions } from "../mutant.js";
import { blip } from "./blip.js";

/** `changes` with something done to the answer or the options. */
const log = (
  change: (
    intact: FileHistory,
    prefix: string,
    options: ListChangesOptions,
  ) => Promise<readonly VersionEntry[]>,
) => history((intact) => ({ changes: (prefix, options) => change(intact, prefix, options) }));

/** `erase` with something else done. */
const erases = (
  change: (intact: FileHistory, key: Key, options: EraseVersionsOptions) => ReturnType<FileHistory["erase"]>,
) => history((intact) => ({ erase: (key, options) => change(intact, key, options) }));

/** Lists every key in the storage whose name begins like this, existing files only. */
async function existing(
  store: Parameters<ReturnType<typeof history>>[0],
  prefix: string,
  options: EraseVersionsOptions,
) {
  const keys: Key[] = [];
  for await (const page of store.list(prefix, { ...options, recursive: true }))
    keys.push(...page.map(({ key }) => key));
  return keys;
}

/** `erase`, followed by a file that is created and deleted at once, as if the deletion had been recorded. */
const recordsErasure: StoreMutant["breaks"] = (store) =>
  erases(async (intact, key, options) => {
    const answer = await intact.erase(key, options);
    await blip(store, key, options);
    return answer;
  })(store);

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Defects of the log of changes, of erasure, and of what happens at the same time. */
export const logMutants: readonly StoreMutant[] = [
  {
    defect: "changes come newest first",
    caughtBy: "history/changes/in-order",
    breaks: log(async (intact, prefix, options) => [...(await intact.changes(prefix, options))].reverse()),
  },
  {
    defect: "changes come file by file",
    caughtBy: "history/changes/in-order",
    breaks: log(async (intact, prefix, options) =>
      [...(await intact.changes(prefix, options))].sort((a, b) =>
        a.key < b.key ? -1 : Number(a.key > b.key),
      ),
    ),
  },
  {
    defect: "changes have no sizes",
    caughtBy: "history/changes/entries",
    breaks: log(async (intact, prefix, options) =>
      (await intact.changes(prefix, options)).map(({ size: _, ...entry }) => entry),
    ),
  },
  {
    defect: "a page of changes begins with the last one of the page before",
    caughtBy: "history/changes/pages",
    breaks: log((intact, prefix, { since, ...options }) =>
      intact.changes(prefix, { ...options, ...(since && { since: String(Number(since) - 1) }) }),
    ),
  },
  {
    defect: "changes since an unknown id are all changes",
    caughtBy: "history/changes/pages",
    breaks: log((intact, prefix, { since, ...options }) =>
      intact.changes(prefix, { ...options, ...(since !== "unknown" && { since }) }),
    ),
  },
  {
    defect: "the thread of changes is not looked at",
    caughtBy: "history/changes/thread",
    breaks: log((intact, prefix, { thread: _, ...options }) => intact.changes(prefix, options)),
  },
  {
    defect: "an erasure takes a name for a prefix",
    caughtBy: "history/erase/file",
    breaks: (store) =>
      erases(async (intact, key, options) => {
        const keys = await existing(store, key, options);
        for (const other of keys) if (!other.startsWith(`${key}/`)) await intact.erase(other, options);
        return { files: keys.includes(key) ? 1 : 0, versions: keys.includes(key) ? 2 : 0 };
      })(store),
  },
  {
    defect: "only descendants that exist are erased",
    caughtBy: "history/erase/descendants",
    breaks: (store) =>
      erases(async (intact, key, options) => {
        if (options.scope === "file") return intact.erase(key, options);
        const sums = { files: 0, versions: 0 };
        for (const other of await existing(store, `${key}/`, options)) {
          const { files, versions } = await intact.erase(other, { ...options, scope: "file" });
          sums.files += files;
          sums.versions += versions;
        }
        return sums;
      })(store),
  },
  {
    defect: "the erasure of a root takes neighbours whose names begin alike",
    caughtBy: "history/erase/all",
    breaks: erases(async (intact, key, options) => {
      await intact.erase(`${key}0`, options);
      return intact.erase(key, options);
    }),
  },
  {
    defect: "a file that does not exist has nothing to erase",
    caughtBy: "history/erase/deleted",
    breaks: (store) =>
      erases(async (intact, key, options) =>
        (await store.get([key], options))[0] ? intact.erase(key, options) : { files: 0, versions: 0 },
      )(store),
  },
  {
    defect: "an erased version is still known by its id",
    caughtBy: "history/erase/is-forgotten",
    breaks(store) {
      const known = new Set<string>();
      return history((intact) => ({
        versions: async (key, options) => {
          const entries = await intact.versions(key, options);
          for (const { id } of entries) known.add(id);
          return entries;
        },
        resolve: (point, options) =>
          "version" in point && known.has(point.version)
            ? Promise.resolve(point.version)
            : intact.resolve(point, options),
      }))(store);
    },
  },
  {
    defect: "an erased file is still in the log",
    caughtBy: "history/erase/is-forgotten",
    breaks: recordsErasure,
  },
  {
    defect: "the deletion of an erased file is recorded",
    caughtBy: "history/erase/new-history",
    breaks: recordsErasure,
  },
  {
    defect: "every version that was replaced at all is erased",
    caughtBy: "history/erase/before",
    breaks: erases((intact, key, { before, ...options }) =>
      intact.erase(key, { ...options, ...(before && { before: new Date(Date.UTC(2200, 0)) }) }),
    ),
  },
  {
    defect: "an erasure of old versions takes the files too",
    caughtBy: "history/erase/before",
    breaks: erases((intact, key, { before: _, ...options }) => intact.erase(key, options)),
  },
  {
    defect: "of two neighbouring changes the later one is recorded first",
    caughtBy: "history/races/swaps",
    breaks: history((intact) => ({
      getVersion: async (key, id, options) => {
        const all = await intact.versions(key, { ...options, limit: 1_000 });
        const i = all.findIndex((entry) => entry.id === id);
        return intact.getVersion(key, all[i ^ 1]?.id ?? id, options);
      },
    })),
  },
  {
    defect: "of changes at the same time only one is recorded",
    caughtBy: "history/races/replacements",
    breaks(store) {
      const lost = new Set<string>();
      let open = 0;
      return {
        ...versions((entries) => entries.filter(({ id }) => !lost.has(id)))(store),
        put: async (changes, options) => {
          open += 1;
          await turns(1);
          const outcomes = await store.put(changes, options);
          const [newest] = await store.history!.versions(changes[0]!.key, { ...options, limit: 1 });
          if (open > 1) lost.add(newest!.id);
          open -= 1;
          return outcomes;
        },
      };
    },
  },
  {
    defect: "a change that arrives while it is made is recorded twice",
    caughtBy: "history/races/same-id",
    breaks(store) {
      const arrived = new Set<string>();
      return {
        put: async (changes, options) => {
          const again = changes.filter(({ key, id }) => arrived.has(key + id));
          for (const { key, id } of changes) arrived.add(key + id);
          const outcomes = await store.put(changes, options);
          for (const { key } of again) await blip(store, key, options);
          return outcomes;
        },
      };
    },
  },
  {
    defect: "a deletion is recorded by everybody who saw the file",
    caughtBy: "history/races/deletions",
    breaks: (store) => ({
      delete: async (key, options) => {
        const [file] = await store.get([key], options);
        await turns(1);
        const outcome = await store.delete(key, options);
        if (file && outcome.deleted === 0) await blip(store, key, options);
        return outcome;
      },
    }),
  },
  {
    defect: "a change becomes visible after later ones",
    caughtBy: "history/races/log",
    breaks(store) {
      const hidden = new Set<string>();
      return {
        ...log(async (intact, prefix, options) =>
          (await intact.changes(prefix, options)).filter(({ id }) => !hidden.has(id)),
        )(store),
        put: async (changes, options) => {
          const outcomes = await store.put(changes, options);
          const [newest] = await store.history!.versions(changes[0]!.key, { ...options, limit: 1 });
          hidden.add(newest!.id);
          await turns(5);
          hidden.delete(newest!.id);
          return outcomes;
        },
      };
    },
  },
  {
    defect: "versions that were erased while others wrote stay in the list",
    caughtBy: "history/races/erase",
    breaks(store) {
      const seen = new Map<string, Omit<VersionEntry, "current">>();
      return versions((entries) => {
        for (const { current: _, ...entry } of entries) seen.set(entry.key + entry.id, entry);
        const { key } = entries[0] ?? [...seen.values()][0] ?? {};
        const old = [...seen.values()].filter((entry) => entry.key === key);
        return old.sort((a, b) => Number(b.id) - Number(a.id));
      })(store);
    },
  },
];

/** A `throwIfAborted` in each method: the exception of the client for an aborted call is passed on. */
const METHODS = [
  ["versions", "versions"],
  ["getVersion", "get-version"],
  ["resolve", "resolve"],
  ["getAt", "get-at"],
  ["listAt", "list-at"],
  ["changedSince", "changed-since"],
  ["changes", "changes"],
  ["erase", "erase"],
] as const;

export const historyAbortMutants: readonly StoreMutant[] = METHODS.map(([method, name]) => ({
  defect: `the exception of the client for an aborted call of \`${method}\` is passed on`,
  caughtBy: `history/abort/${name}`,
  breaks: history((intact) => ({
    [method]: (...args: readonly unknown[]) => {
      (args.at(-1) as EraseVersionsOptions).signal.throwIfAborted();
      return (intact[method] as (...args: unknown[]) => unknown).apply(intact, [...args]);
    },
  })),
}));
