import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { MemoryBackend, RemoteBackend } from "../../src/index.js";
import { withPushDowns } from "../conformance/push-downs.js";

/** A layer as a user might write one: what is replaced or removed goes to another store first. */
function withHistory(inner: FileStore, archive: FileStore): FileStore {
  return layer(inner, {
    async put(changes, options) {
      const before = await inner.get(
        changes.map(({ key }) => key),
        options,
      );
      const outcomes = await inner.put(changes, options);
      const replaced = before.flatMap((file) => (file && "content" in file ? [file] : []));
      await archive.put(
        replaced.map(({ key, version, content }) => ({
          key: `${key}@${version}`,
          id: version,
          condition: "overwrite",
          content,
        })),
        options,
      );
      return outcomes;
    },
  });
}

/** A memory store that has both push-downs, and counts their use. */
function withCountedPushDowns(inner: FileStore): FileStore & { calls: string[] } {
  const calls: string[] = [];
  const pushed = withPushDowns(inner);
  const counted = layer(pushed, {
    search(...args) {
      calls.push("search");
      return pushed.search!(...args);
    },
    readLines(...args) {
      calls.push("readLines");
      return pushed.readLines!(...args);
    },
  });
  return Object.assign(counted, { calls });
}

describe("layer", () => {
  it("changes what it replaces and forwards the rest", async () => {
    const archive = new MemoryFileStore();
    const backend = new RemoteBackend(withHistory(new MemoryFileStore(), archive));
    await backend.write("/a.txt", "one");
    await backend.edit("/a.txt", "one", "two");
    expect((await backend.read("/a.txt")).content).toBe("two");
    expect((await new RemoteBackend(archive).grep("one")).matches).toEqual([
      { path: "/a.txt@1", line: 1, text: "one" },
    ]);
  });

  it("drops the push-downs of replaced methods", () => {
    const store = withCountedPushDowns(new MemoryFileStore());
    const { get, list, put } = store;
    expect(Object.keys(layer(store, { put }))).toEqual(expect.arrayContaining(["search", "readLines"]));
    expect(layer(store, { get })).not.toHaveProperty("search");
    expect(layer(store, { get })).not.toHaveProperty("readLines");
    expect(layer(store, { list })).not.toHaveProperty("search");
    expect(layer(store, { list })).toHaveProperty("readLines");
    expect(layer(store, { get, search: store.search!, readLines: store.readLines! })).toHaveProperty(
      "search",
    );
  });

  it("passes a history on, unless it replaces a method that handles keys or content", () => {
    const store = new MemoryFileStore({ history: true });
    const { history } = store;
    const { get, list, put } = layer(store, {});
    const remove = layer(store, {}).delete;
    expect(layer(layer(store, { clock: async () => store.clock() }), { open: async () => {} }).history).toBe(
      history,
    );
    for (const own of [{ get }, { list }, { put }, { delete: remove }]) {
      expect(layer(store, own).history).toBeUndefined();
      expect(layer(store, { ...own, history: history! }).history).toBe(history);
    }
  });

  it("looks at each operation for the history of a store, which may begin when the store is open", () => {
    const { history } = new MemoryFileStore({ history: true });
    let isOpen = false;
    const late = layer(
      Object.defineProperty(layer(new MemoryFileStore(), {}), "history", {
        get: () => (isOpen ? history : undefined),
      }),
      {},
    );
    expect(late.history).toBeUndefined();
    isOpen = true;
    expect(late.history).toBe(history);
  });

  it("forwards every optional method of a store", () => {
    const optional = { clock: null, open: null, close: null, check: null, search: null, readLines: null };
    const inner = Object.fromEntries(Object.keys(optional).map((name) => [name, async () => {}]));
    const store = layer({ ...layer(new MemoryFileStore(), {}), ...inner, maxAttempts: 2 } as FileStore, {});
    for (const name of [...Object.keys(optional), "maxAttempts"]) expect(store).toHaveProperty(name);
  });

  it("keeps opening and closing", async () => {
    const calls: string[] = [];
    const inner = layer(new MemoryFileStore(), {
      open: async () => void calls.push("open"),
      close: async () => void calls.push("close"),
    });
    const backend = new RemoteBackend(layer(inner, {}));
    await backend.ls("/");
    await backend.close();
    expect(calls).toEqual(["open", "close"]);
  });
});

describe("push-downs", () => {
  const fill = async (backend: RemoteBackend) => {
    await backend.write("/src/a.ts", "one\ntwo\n");
    await backend.write("/src/b.md", "two\nthree");
    await backend.uploadFiles([
      ["/src/c", new Uint8Array([116, 119, 111, 0])],
      ["/d.png", Buffer.from("two")],
    ]);
  };

  it("answer like the generic implementation", async () => {
    const store = withCountedPushDowns(new MemoryFileStore());
    const pushed = new RemoteBackend(store);
    const generic = new MemoryBackend();
    await Promise.all([fill(pushed), fill(generic)]);
    for (const run of [
      (b: RemoteBackend) => b.grep("two"),
      (b: RemoteBackend) => b.grep("two", "/src", "*.ts"),
      (b: RemoteBackend) => b.grep("two", "/", null, 1),
      (b: RemoteBackend) => b.grep("o", "/src/a.ts"),
      (b: RemoteBackend) => b.read("/src/a.ts", 1, 1),
      (b: RemoteBackend) => b.read("/src/c"),
      (b: RemoteBackend) => b.read("/d.png"),
      (b: RemoteBackend) => b.read("/missing"),
    ]) {
      expect(await run(pushed)).toEqual(await run(generic));
    }
    expect(new Set(store.calls)).toEqual(new Set(["search", "readLines"]));
  });
});
