import { setImmediate } from "node:timers/promises";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type {
  Author,
  CallOptions,
  Change,
  ChangeKind,
  FileHistory,
  Key,
  Outcome,
} from "@deepagents-remote/core/adapter";
import { beforeAll, expect } from "@jest/globals";
import { S3FileStore, type S3FileStoreOptions } from "../../src/index.js";
import type { TestBucket } from "./bucket.js";

/** Options of every call. */
export const call: CallOptions = { signal: new AbortController().signal, root: "" };

export const setVersioning = (
  { client, name: Bucket }: Pick<TestBucket, "client" | "name">,
  Status: "Enabled" | "Suspended",
) => client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

/** Turns on versioning of a bucket before the tests of a file. */
export function useVersioning(bucket: TestBucket): void {
  beforeAll(async () => {
    await setVersioning(bucket, "Enabled");
  });
}

let count = 0;

/** A store with history, and short forms of its methods. */
export function historyStore(bucket: TestBucket, prefix: string, options: Partial<S3FileStoreOptions> = {}) {
  const store = new S3FileStore({
    bucket: bucket.name,
    prefix,
    history: true,
    ...(options.client ? {} : bucket.connection),
    ...options,
  });
  bucket.endsWith(() => store.close());
  const history = store.history as FileHistory;
  const origin = (kind: Exclude<ChangeKind, "create">, by?: Author) => ({ kind, ...(by && { by }) });
  const put = async (change: Omit<Change, "id">, kind: Exclude<ChangeKind, "create">, by?: Author) => {
    const [outcome] = await store.put([{ id: `${prefix}-${++count}`, ...change }], {
      ...call,
      origin: origin(kind, by),
    });
    expect(outcome).toMatchObject({ done: true });
    return outcome as Outcome;
  };
  const get = async (key: Key) => {
    const [file] = await store.get([key], call);
    return file && "content" in file ? file : undefined;
  };
  /** Waits until the current second of the store's clock is over. */
  const secondsEnd = async () => {
    const { now } = await store.clock(call);
    while ((await store.clock(call)).now <= now) await setImmediate();
  };
  return {
    store,
    history,
    get,
    open: () => store.open(call),
    write: (key: Key, content: string | Uint8Array, by?: Author) =>
      put({ key, content, condition: "overwrite" }, "write", by),
    upload: (key: Key, content: string | Uint8Array, by?: Author) =>
      put({ key, content, condition: "overwrite" }, "upload", by),
    async edit(key: Key, content: string, by?: Author) {
      return put({ key, content, condition: (await get(key))! }, "edit", by);
    },
    delete: (key: Key, by?: Author, scope: "file" | "descendants" | "all" = "all") =>
      store.delete(key, { ...call, scope, origin: origin("delete", by) }),
    versions: (key: Key, limit = 100) => history.versions(key, { ...call, limit }),
    async changes(limit = 1_000) {
      await secondsEnd();
      return history.changes("", { ...call, limit });
    },
    secondsEnd,
    /** Content of every version, newest first; `undefined` for deletions. */
    async contents(key: Key, limit = 10_000) {
      const entries = await history.versions(key, { ...call, limit });
      return Promise.all(entries.map(async ({ id }) => (await history.getVersion(key, id, call))?.content));
    },
    /** Every file as it was: content by key. */
    async filesAt(point: Parameters<FileHistory["resolve"]>[0], root = "") {
      const snapshot = await history.resolve(point, { ...call, root });
      const keys: Key[] = [];
      for await (const page of history.listAt(root, snapshot, { ...call, recursive: true })) {
        keys.push(...page.map(({ key }) => key));
      }
      if (keys.length === 0) return {};
      const files = await history.getAt(keys, snapshot, call);
      return Object.fromEntries(files.map((file, i) => [keys[i], file?.content]));
    },
  };
}
