import type {
  Change,
  Entry,
  FileHistory,
  FileStore,
  FoundLines,
  StoredFile,
  VersionEntry,
  VersionsOptions,
} from "../../../src/adapter.js";
import { RemoteBackendError } from "../../../src/index.js";
import { replacing } from "../replacing.js";

/** One defect of a store, and the case that must find it. */
export interface StoreMutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** Returns the broken methods; called once per store. */
  breaks(store: FileStore): Partial<FileStore>;
}

/** An intact store with some of its methods replaced. */
export const brokenStore = (store: FileStore, mutant: StoreMutant): FileStore =>
  replacing(store, mutant.breaks(store));

/** `history` with some of its methods replaced. */
export const history =
  (breaks: (history: FileHistory, store: FileStore) => Partial<FileHistory>) => (store: FileStore) => ({
    history: replacing(store.history!, breaks(store.history!, store)),
  });

/** Entries whose absent fields may be `undefined`. */
type Entries = readonly { readonly [K in keyof VersionEntry]: VersionEntry[K] | undefined }[];

/** `versions` with something done to the answer. */
export const versions = (
  change: (
    entries: readonly VersionEntry[],
    history: FileHistory,
    options: VersionsOptions,
  ) => Entries | Promise<Entries>,
) =>
  history((intact) => ({
    versions: async (key, options) =>
      (await change(await intact.versions(key, options), intact, options)) as readonly VersionEntry[],
  }));

/** `getVersion` with something done to each file. */
export const oldFiles = (change: (file: StoredFile) => StoredFile | undefined) =>
  history((intact) => ({
    getVersion: async (...args) => {
      const file = await intact.getVersion(...args);
      return file && change(file);
    },
  }));

export type File = StoredFile | RemoteBackendError | undefined;

export const isFile = (file: File): file is StoredFile => file !== undefined && !RemoteBackendError.is(file);

/** `get` with something done to each file. */
export const files = (change: (file: StoredFile) => File) => (store: FileStore) => ({
  get: async (...args: Parameters<FileStore["get"]>) =>
    (await store.get(...args)).map((file) => (isFile(file) ? change(file) : file)),
});

/** `get` with something done to each text. */
export const texts = (change: (text: string) => string | Uint8Array) =>
  files((file) =>
    typeof file.content === "string" ? { ...file, content: change(file.content) } : { ...file },
  );

/** `put` with something done to each change before. */
export const changes = (change: (one: Change, store: FileStore) => Change) => (store: FileStore) => ({
  put: (all: readonly Change[], options: Parameters<FileStore["put"]>[1]) =>
    store.put(
      all.map((one) => change(one, store)),
      options,
    ),
});

/** `list` with something done to each page. */
export const pages =
  (change: (page: readonly Entry[], options: Parameters<FileStore["list"]>[1]) => readonly Entry[]) =>
  (store: FileStore) => ({
    async *list(prefix: string, options: Parameters<FileStore["list"]>[1]) {
      for await (const page of store.list(prefix, options)) yield change(page, options);
    },
  });

/** `search` with something done to each item; `undefined` leaves it out. */
export const items = (change: (item: FoundLines) => FoundLines | undefined) => (store: FileStore) => ({
  async *search(...args: Parameters<NonNullable<FileStore["search"]>>) {
    for await (const item of store.search!(...args)) {
      const changed = change(item);
      if (changed) yield changed;
    }
  },
});
