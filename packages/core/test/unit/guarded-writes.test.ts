import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore, type StoredFile } from "../../src/adapter.js";
import { SeenVersions } from "../../src/backend/seen-versions.js";
import { MemoryBackend, RemoteBackend, type RemoteBackendOptions } from "../../src/index.js";

const UNREAD = /you have not read it.*Read it with read_file first/;
const CHANGED = /has been changed since you read it/;

/** Two backends on one store: one guarded, and one of others. */
function onOneStore(options: RemoteBackendOptions = {}, store: FileStore = new MemoryFileStore()) {
  const backend = new RemoteBackend(store, { writeMode: "guarded", ...options });
  return { backend, others: new RemoteBackend(store, { writeMode: "overwrite" }) };
}

const error = async (answer: Promise<{ error?: string }>) => (await answer).error;

describe("SeenVersions", () => {
  it("forgets the file that was seen least recently", () => {
    const reader = new SeenVersions(2).by("ann");
    reader.sees("a", "1");
    reader.sees("b", "1");
    reader.sees("a", "2");
    reader.sees("c", "1");
    expect(["a", "b", "c"].map((key) => reader.versionOf(key))).toEqual(["2", undefined, "1"]);
  });

  it("is bounded for all readers together", () => {
    const versions = new SeenVersions(3);
    for (let i = 0; i < 1_000; i++) versions.by(`reader ${i}`).sees("a", "1");
    const kept = Array.from({ length: 1_000 }, (_, i) => versions.by(`reader ${i}`).versionOf("a"));
    expect(kept.filter((version) => version !== undefined)).toHaveLength(3);
  });

  it("never takes one reader's file for another's", () => {
    const versions = new SeenVersions();
    versions.by("ann").sees("bob/a", "1");
    versions.by("ann\0bob").sees("a", "2");
    for (const [reader, key] of [
      ["ann/bob", "a"],
      ["ann", "a"],
      ["", "a"],
      ["ann\0", "bob/a"],
    ] as const)
      expect(versions.by(reader).versionOf(key)).toBeUndefined();
  });

  it("forgets a directory, and not its neighbors", () => {
    const versions = new SeenVersions();
    const reader = versions.by("ann");
    for (const key of ["d", "d/a", "d/e/a", "d-e", "dd"]) reader.sees(key, "1");
    versions.by("bob").sees("d/a", "1");
    reader.forgets("d");
    expect(["d", "d/a", "d/e/a", "d-e", "dd"].filter((key) => reader.versionOf(key))).toEqual(["d-e", "dd"]);
    expect(versions.by("bob").versionOf("d/a")).toBe("1");
    reader.forgets("");
    expect(reader.versionOf("dd")).toBeUndefined();
  });
});

describe("a reader", () => {
  it("is whom `reader` names at each operation", async () => {
    let reader = "ann";
    const { backend, others } = onOneStore({ reader: () => reader });
    await others.write("/a.txt", "one");
    await backend.read("/a.txt");
    reader = "bob";
    expect(await error(backend.write("/a.txt", "two"))).toMatch(UNREAD);
    reader = "ann";
    expect(await error(backend.write("/a.txt", "two"))).toBeUndefined();
    reader = "bob";
    await backend.read("/a.txt");
    reader = "ann";
    await backend.edit("/a.txt", "two", "three");
    reader = "bob";
    expect(await error(backend.write("/a.txt", "four"))).toMatch(CHANGED);
  });

  it("is the backend with its namespaces, whose files are not confused", async () => {
    const { backend } = onOneStore();
    const view = () => backend.withNamespace(["team"]);
    await view().write("/a.txt", "of the team");
    await backend.write("/a.txt", "of all");
    // A factory may make a view for each call.
    expect(await error(view().write("/a.txt", "of the team, again"))).toBeUndefined();
    expect(await error(backend.write("/team/a.txt", "from above"))).toBeUndefined();
    expect(await error(backend.withNamespace(["other"]).write("/a.txt", "x"))).toBeUndefined();
    expect((await backend.readRaw("/a.txt")).data?.content).toBe("of all");
  });

  it.each([
    ["", "must return a string of 1 to 1000 characters, not an empty string"],
    ["x".repeat(1_001), "not 1001 characters"],
    [undefined, "not undefined"],
    [["thread"], "not an array"],
  ])("%j is none, and no operation goes on", async (name, words) => {
    const { backend, others } = onOneStore({ reader: () => name as string });
    for (const answer of [backend.write("/a.txt", "x"), backend.read("/a.txt"), backend.ls("/")])
      expect(await error(answer as Promise<{ error?: string }>)).toContain(words);
    expect((await others.ls("/")).files).toEqual([]);
  });

  it("of the longest name is one", async () => {
    const { backend } = onOneStore({ reader: () => "x".repeat(1_000) });
    for (const content of ["one", "two"])
      expect(await error(backend.write("/a.txt", content))).toBeUndefined();
  });

  it("is not asked for where nothing is guarded", async () => {
    const reader = () => {
      throw new Error("not in a graph");
    };
    const backend = new MemoryBackend({ reader });
    expect(await error(backend.write("/a.txt", "x"))).toBeUndefined();
  });
});

describe("a guarded write", () => {
  it("may be the choice of a function of the path", async () => {
    const { backend, others } = onOneStore({
      writeMode: (path) => (path.startsWith("/shared/") ? "guarded" : "create"),
    });
    for (const path of ["/shared/a.txt", "/a.txt"]) {
      await others.write(path, "theirs");
      await backend.read(path);
    }
    expect(await error(backend.write("/shared/a.txt", "mine"))).toBeUndefined();
    expect(await error(backend.write("/a.txt", "mine"))).toMatch(/already exists and was left as it is/);
  });

  it("costs one more read where a store does not tell the version of a write", async () => {
    const store = new MemoryFileStore();
    const silent = layer(store, {
      put: async (changes) =>
        (await store.put(changes)).map((outcome) => (outcome.done ? { done: true } : outcome)),
    });
    const { backend } = onOneStore({}, silent);
    await backend.write("/a.txt", "one");
    expect(await error(backend.write("/a.txt", "two"))).toMatch(UNREAD);
    await backend.read("/a.txt");
    expect(await error(backend.write("/a.txt", "two"))).toBeUndefined();
  });

  it("is never decided by an outdated copy", async () => {
    const store = new MemoryFileStore();
    let outdated: StoredFile | undefined;
    const cached = layer(store, {
      get: async (keys, options) => (options.stale && outdated ? [outdated] : store.get(keys)),
    });
    const { backend, others } = onOneStore({}, cached);
    await backend.write("/a.txt", "one");
    [outdated] = await store.get(["a.txt"]);
    await others.write("/a.txt", "two");
    // The copy is the version that was seen.
    expect(await error(backend.write("/a.txt", "three"))).toMatch(CHANGED);
    expect(await error(backend.write("/a.txt", "one"))).toMatch(CHANGED);
    expect(await error(backend.write("/a.txt", "two"))).toBeUndefined();
    // The copy is older than the version that was seen.
    expect(await error(backend.write("/a.txt", "three"))).toBeUndefined();
    await others.delete("/a.txt");
    expect(await error(backend.write("/a.txt", "four"))).toBeUndefined();
    expect((await others.readRaw("/a.txt")).data?.content).toBe("four");
  });

  it("asks the store as often as an edit, and once for a new file", async () => {
    const store = new MemoryFileStore();
    const calls: string[] = [];
    const counted = layer(store, {
      get: (keys) => {
        calls.push("get");
        return store.get(keys);
      },
      put: (changes) => {
        calls.push("put");
        return store.put(changes);
      },
    });
    const { backend } = onOneStore({}, counted);
    const callsOf = async (run: () => Promise<unknown>) => {
      calls.length = 0;
      await run();
      return calls.join();
    };
    expect(await callsOf(() => backend.write("/a.txt", "one"))).toBe("put");
    expect(await callsOf(() => backend.write("/a.txt", "two"))).toBe("get,put");
    expect(await callsOf(() => backend.edit("/a.txt", "two", "three"))).toBe("get,put");
  });
});
