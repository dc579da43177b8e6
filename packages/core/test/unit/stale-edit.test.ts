import { describe, expect, it } from "@jest/globals";
import { RemoteBackend } from "../../src/backend/remote-backend.js";
import type { StoredFile } from "../../src/store/file-store.js";
import { layer } from "../../src/store/layer.js";
import { MemoryFileStore } from "../../src/store/memory-file-store.js";

/** A backend that remembers each file as it has read it first, and a fresh one beside it. */
function backends() {
  const store = new MemoryFileStore();
  const cache = new Map<string, StoredFile>();
  const caching = layer(store, {
    get: async (keys, { stale }) =>
      Promise.all(
        keys.map(async (key) => {
          const remembered = stale ? cache.get(key) : undefined;
          const file = remembered ?? (await store.get([key]))[0];
          if (file) cache.set(key, file);
          return file;
        }),
      ),
  });
  return { caching: new RemoteBackend(caching), fresh: new RemoteBackend(store) };
}

// No write of it would be refused by the store: there is none.
describe("an edit that changes nothing", () => {
  it("does not find a file that was deleted since it was read", async () => {
    const { caching, fresh } = backends();
    await caching.write("/d/a.txt", "one");
    await caching.read("/d/a.txt");
    await fresh.delete("/d");
    expect(await caching.edit("/d/a.txt", "one", "one")).toEqual({
      error: "Error: File '/d/a.txt' not found",
    });
  });

  it("does not find text that was removed since the file was read", async () => {
    const { caching, fresh } = backends();
    await caching.write("/a.txt", "one");
    await caching.read("/a.txt");
    await fresh.edit("/a.txt", "one", "two");
    expect(await caching.edit("/a.txt", "one", "one")).toMatchObject({
      error: expect.stringContaining("not found"),
    });
  });

  it("succeeds if the text is there", async () => {
    const { caching } = backends();
    await caching.write("/a.txt", "one one");
    expect(await caching.edit("/a.txt", "one", "one", true)).toMatchObject({ occurrences: 2 });
  });
});
