import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend } from "../../src/index.js";

/** A store that counts its listings, and can refuse them. */
function listed(inner: FileStore) {
  const listings: string[] = [];
  const store = layer(inner, {
    list(prefix, options) {
      listings.push(prefix);
      return inner.list(prefix, options);
    },
  });
  return { store, listings };
}

describe("a missing file", () => {
  it("costs one listing of similar names, if Unicode can write them in another way", async () => {
    const { store, listings } = listed(new MemoryFileStore());
    const backend = new RemoteBackend(store);
    for (const path of ["/plain-name_1.txt", "/d/a.b~c.md", "/d/x y.txt", "/d/Café.md", "/d/Cafe\u0301.md"]) {
      expect((await backend.read(path)).error).toBe(`File '${path}' not found`);
    }
    expect(listings).toEqual(["d/", "d/Ca", "d/Caf"]);
  });

  it("is reported with the existing name, and how it differs", async () => {
    const backend = new RemoteBackend(new MemoryFileStore());
    await backend.write("/d/a\u202fb\u200b.txt", "x");
    expect((await backend.read("/d/a b.txt")).error).toBe(
      "File '/d/a b.txt' not found. '/d/a\u202fb\u200b.txt' looks the same and is there (it contains U+202F, U+200B): use exactly that path",
    );
    await backend.write("/e/a b.txt", "x");
    expect((await backend.delete("/e/a\u00a0b.txt")).error).toBe(
      "Error: File '/e/a\u00a0b.txt' not found. '/e/a b.txt' looks the same and is there (it contains U+0020): use exactly that path",
    );
  });

  it("of another namespace is not named", async () => {
    const store = new MemoryFileStore();
    await new RemoteBackend(store, { namespace: ["other"] }).write("/a b.txt", "x");
    await new RemoteBackend(store, { namespace: ["own", "deeper"] }).write("/a b.txt", "x");
    const own = new RemoteBackend(store, { namespace: ["own"] });
    expect((await own.read("/a\u202fb.txt")).error).toBe("File '/a\u202fb.txt' not found");
  });
});
