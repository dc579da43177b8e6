import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type FileHistory, MemoryFileStore } from "../../src/adapter.js";
import { newWriteId } from "../../src/store/write-ids.js";

const options = { signal: new AbortController().signal, root: "" };

// Rules that depend on the clock, or on a storage of its own. All others are in the conformance suite about stores.
describe("MemoryHistory", () => {
  let store: MemoryFileStore;
  let history: FileHistory;
  const put = (key: string, content: string) =>
    store.put([{ key, id: newWriteId(), condition: "overwrite", content }]);

  beforeEach(() => {
    jest.useFakeTimers({ now: new Date("2026-01-01T12:00:00.000Z") });
    store = new MemoryFileStore({ history: true });
    history = store.history!;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it("has none by default", () => {
    expect(new MemoryFileStore().history).toBeUndefined();
    expect(new MemoryFileStore({ history: false }).history).toBeUndefined();
  });

  it("has times that never decrease, although the clock is set back", async () => {
    await put("a", "1");
    jest.setSystemTime(new Date("2025-06-01T00:00:00.000Z"));
    await put("a", "2");
    jest.setSystemTime(new Date("2026-01-01T12:00:01.000Z"));
    await put("b", "3");
    const entries = await history.changes("", { ...options, limit: 10 });
    expect(entries.map(({ at }) => at.toISOString())).toEqual([
      "2026-01-01T12:00:00.000Z",
      "2026-01-01T12:00:00.000Z",
      "2026-01-01T12:00:01.000Z",
    ]);
  });

  it("begins with the store, empty", async () => {
    const begin = new Date();
    await put("a", "1");
    await expect(history.resolve(new Date(begin.getTime() - 1), options)).rejects.toMatchObject({
      code: "invalid-options",
      message:
        "The time 2026-01-01T11:59:59.999Z is before the history, which begins at 2026-01-01T12:00:00.000Z.",
    });
    jest.setSystemTime(new Date(begin.getTime() + 1));
    await put("b", "2");
    const files = await history.getAt(["a", "b"], await history.resolve(begin, options), options);
    expect(files.map((file) => file?.content)).toEqual(["1", undefined]);
  });

  it("keeps a version that was replaced at the very time before which versions are erased", async () => {
    await put("a", "1");
    jest.setSystemTime(new Date("2026-01-02T00:00:00.000Z"));
    await put("a", "2");
    const erase = (before: Date) => history.erase("a", { ...options, scope: "file", before });
    expect(await erase(new Date("2026-01-02T00:00:00.000Z"))).toEqual({ files: 0, versions: 0 });
    expect(await erase(new Date("2026-01-02T00:00:00.001Z"))).toEqual({ files: 0, versions: 1 });
  });

  it("begins later where versions were erased", async () => {
    const erased = async (key: string, scope: "file" | "all", before: Date) =>
      history.erase(key, { ...options, scope, before });
    const times = [1, 2, 3].map((day) => new Date(`2026-01-0${day}T12:00:00.000Z`));
    for (const time of times) {
      jest.setSystemTime(time);
      for (const key of ["a/1", "b/1"]) {
        const change = { key, id: newWriteId(), condition: "overwrite", content: String(time) } as const;
        const by = { thread: "t", checkpoint: time.toISOString() };
        await store.put([change], { origin: { kind: "write", by } });
      }
    }
    const [third, second, first] = await history.versions("a/1", { ...options, limit: 3 });
    expect(await erased("a", "all", times[2]!)).toEqual({ files: 0, versions: 1 });
    const message = expect.stringContaining(times[2]!.toISOString());
    for (const point of [
      times[1]!,
      { version: second!.id },
      { thread: "t", checkpoint: times[1]!.toISOString() },
    ]) {
      for (const root of ["", "a/", "a/b/"].slice(0, point instanceof Date ? 3 : 2)) {
        const refused = { code: "invalid-options", message };
        await expect(history.resolve(point, { ...options, root })).rejects.toMatchObject(refused);
      }
      if (point instanceof Date) await history.resolve(point, { ...options, root: "b/" });
    }
    await expect(history.resolve({ version: first!.id }, options)).rejects.toThrow("There is no version");
    for (const point of [times[2]!, { version: third!.id }]) await history.resolve(point, options);
    await erased("b/1", "file", new Date("2027-01-01T00:00:00.000Z"));
    await expect(history.resolve(times[1]!, { ...options, root: "b/" })).rejects.toThrow("begins at");
    await history.resolve(times[1]!, { ...options, root: "b/1x/" });
  });

  it("erases the whole storage, and never gives an id again", async () => {
    await put("a", "1");
    await put("d/b", "2");
    await store.delete("a", { ...options, scope: "file" });
    expect(await history.erase("", { ...options, scope: "all" })).toEqual({ files: 1, versions: 2 });
    expect(await history.changes("", { ...options, limit: 10 })).toEqual([]);
    await put("a", "1");
    expect(await history.versions("a", { ...options, limit: 10 })).toMatchObject([
      { id: "4", kind: "create" },
    ]);
  });
});
