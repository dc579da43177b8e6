import type { Change, Entry, FileStore, FoundLines, StoredFile } from "../../../src/adapter.js";
import { RemoteBackendError } from "../../../src/index.js";

/** One defect of a store, and the case that must find it. */
export interface StoreMutant {
  readonly defect: string;
  readonly caughtBy: string;
  /** The methods that are broken; called once a store. */
  breaks(store: FileStore): Partial<FileStore>;
}

/** An intact store with some of its methods replaced. */
export function brokenStore(store: FileStore, mutant: StoreMutant): FileStore {
  const methods = mutant.breaks(store) as Record<PropertyKey, unknown>;
  return new Proxy(store, {
    get(target, key) {
      if (Object.hasOwn(methods, key)) return methods[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

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
  put: (all: readonly Change[], call: Parameters<FileStore["put"]>[1]) =>
    store.put(
      all.map((one) => change(one, store)),
      call,
    ),
});

/** `list` with something done to each page. */
export const pages =
  (change: (page: readonly Entry[], call: Parameters<FileStore["list"]>[1]) => readonly Entry[]) =>
  (store: FileStore) => ({
    async *list(prefix: string, call: Parameters<FileStore["list"]>[1]) {
      for await (const page of store.list(prefix, call)) yield change(page, call);
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
