import {
  decodeUtf8,
  type FileStore,
  filterPaced,
  type GetOptions,
  type Key,
  layer,
  type StoredFile,
  toBytes,
} from "../../src/adapter.js";
import { RemoteBackendError } from "../../src/index.js";
import { findLines } from "../../src/text/find-lines.js";
import { cutLines } from "../../src/text/lines.js";
import { replacing } from "./replacing.js";

const isFile = (file: unknown): file is StoredFile =>
  typeof file === "object" && file !== null && "content" in file;

/** A store that searches and cuts lines by itself, over one that does not. */
export const withPushDowns = (inner: FileStore): FileStore =>
  layer(inner, {
    async *search(prefix, literal, options) {
      for await (const page of inner.list(prefix, { ...options, recursive: true })) {
        const keys = await filterPaced(
          page.map(({ key }) => key),
          options.accept,
          options,
        );
        for (const [i, file] of (await inner.get(keys, options)).entries()) {
          if (RemoteBackendError.is(file)) yield { key: keys[i]!, lines: [], error: file };
          if (!file || !("content" in file) || typeof file.content !== "string") continue;
          const lines = [...findLines(file.content, literal)];
          if (lines.length > 0) yield { key: file.key, lines };
        }
      }
    },
    async readLines(key, offset, limit, options) {
      const [file] = await inner.get([key], options);
      if (!file || !("content" in file)) return undefined;
      if (typeof file.content !== "string") return "not-text";
      return { ...cutLines(file.content, offset, limit), version: file.version };
    },
  });

/** A store that checks its service by itself, over one that does not. */
export const withCheck = (inner: FileStore): FileStore =>
  layer(inner, {
    async check(report, { signal }) {
      if (signal.aborted)
        throw new RemoteBackendError("timeout", "The time was up.", { cause: signal.reason });
      report.details.service = "memory";
    },
  });

/** A store that takes and gives text as its UTF-8, over one that does not. */
export function withUtf8Text(inner: FileStore): FileStore {
  const asUtf8 = <T>(file: T, { raw }: GetOptions) =>
    raw && isFile(file) && typeof file.content === "string"
      ? { ...file, content: toBytes(file.content), isText: true as const }
      : file;
  const { history } = inner;
  return layer(inner, {
    capabilities: { ...inner.capabilities, utf8Text: true },
    get: async (keys, options) => (await inner.get(keys, options)).map((file) => asUtf8(file, options)),
    put: (changes, options) =>
      inner.put(
        changes.map(({ isText, ...change }) => ({
          ...change,
          content: isText ? decodeUtf8(change.content as Uint8Array)! : change.content,
        })),
        options,
      ),
    history:
      history &&
      replacing(history, {
        getVersion: async (key, id, options) => asUtf8(await history.getVersion(key, id, options), options),
        getAt: async (keys, snapshot, options) =>
          (await history.getAt(keys, snapshot, options)).map((file) => asUtf8(file, options)),
      }),
  });
}

/** A store with files that it may not read, and a way to add one. */
export function withUnreadable(inner: FileStore) {
  const unreadable = new Set<Key>();
  const denied = new RemoteBackendError("permission-denied", "The credentials may not read this file.");
  const store = layer(inner, {
    get: async (keys, options) =>
      (await inner.get(keys, options)).map((file, i) => (file && unreadable.has(keys[i]!) ? denied : file)),
  });
  return { store, makeUnreadable: (key: Key) => void unreadable.add(key) };
}
