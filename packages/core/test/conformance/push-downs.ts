import { decodeUtf8, type FileStore, filterPaced, type Key, layer, toBytes } from "../../src/adapter.js";
import { RemoteBackendError } from "../../src/index.js";
import { findLines } from "../../src/text/find-lines.js";
import { cutLines } from "../../src/text/lines.js";

/** A store that searches and cuts lines by itself, over one that does not. */
export const withPushDowns = (inner: FileStore): FileStore =>
  layer(inner, {
    async *search(prefix, literal, call) {
      for await (const page of inner.list(prefix, { ...call, recursive: true })) {
        const keys = await filterPaced(
          page.map(({ key }) => key),
          call.accept,
          call,
        );
        for (const [i, file] of (await inner.get(keys, call)).entries()) {
          if (RemoteBackendError.is(file)) yield { key: keys[i]!, lines: [], error: file };
          if (!file || !("content" in file) || typeof file.content !== "string") continue;
          const lines = [...findLines(file.content, literal)];
          if (lines.length > 0) yield { key: file.key, lines };
        }
      }
    },
    async readLines(key, offset, limit, call) {
      const [file] = await inner.get([key], call);
      if (!file || !("content" in file)) return undefined;
      return typeof file.content === "string" ? cutLines(file.content, offset, limit) : "not-text";
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
export const withUtf8Text = (inner: FileStore): FileStore =>
  layer(inner, {
    capabilities: { ...inner.capabilities, utf8Text: true },
    async get(keys, call) {
      const files = await inner.get(keys, call);
      return files.map((file) =>
        call.raw && file && "content" in file && typeof file.content === "string"
          ? { ...file, content: toBytes(file.content), isText: true }
          : file,
      );
    },
    put: (changes, call) =>
      inner.put(
        changes.map(({ isText, ...change }) => ({
          ...change,
          content: isText ? decodeUtf8(change.content as Uint8Array)! : change.content,
        })),
        call,
      ),
  });

/** A store with files that it may not read, and a way to add one. */
export function withUnreadable(inner: FileStore) {
  const unreadable = new Set<Key>();
  const denied = new RemoteBackendError("permission-denied", "The credentials may not read this file.");
  const store = layer(inner, {
    get: async (keys, call) =>
      (await inner.get(keys, call)).map((file, i) => (file && unreadable.has(keys[i]!) ? denied : file)),
  });
  return { store, makeUnreadable: (key: Key) => void unreadable.add(key) };
}
