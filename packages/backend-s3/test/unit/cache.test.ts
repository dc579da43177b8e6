import type { StoredFile } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import { Cache } from "../../src/objects/cache.js";

const file = (key: string, content: string | Uint8Array, more: Partial<StoredFile> = {}): StoredFile => {
  const now = new Date();
  return { key, version: '"1"', content, createdAt: now, modifiedAt: now, writeIds: [], ...more };
};

/** Returns those of these keys that a cache holds. Asking counts as use. */
const held = (cache: Cache, ...keys: string[]) => keys.filter((key) => cache.get(key) !== undefined);

describe("a cache", () => {
  it("evicts the least recently used file", () => {
    const cache = new Cache(10_000);
    for (const key of ["a", "b", "c"]) cache.set(file(key, new Uint8Array(2_500)));
    expect(held(cache, "a")).toEqual(["a"]);
    cache.set(file("d", new Uint8Array(2_500)));
    expect(held(cache, "a", "b", "c", "d")).toEqual(["a", "c", "d"]);
  });

  it("is bounded in bytes, not in files: text counts two for each character", () => {
    const cache = new Cache(1_000_000);
    cache.set(file("bytes", new Uint8Array(900_000)));
    cache.set(file("text", "x".repeat(400_000)));
    expect(held(cache, "bytes", "text")).toEqual(["text"]);
    cache.set(file("bytes", new Uint8Array(150_000)));
    expect(held(cache, "bytes", "text")).toEqual(["bytes", "text"]);
  });

  it.each<[string, Partial<StoredFile>]>([
    ["files without content", {}],
    ["ids of writes", { writeIds: Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(22, "x")) }],
    ["what is carried over", { extra: { format: "json", envelope: { blob: "x".repeat(10_000) } } }],
  ])("counts %s too", (_, more) => {
    const cache = new Cache(100_000);
    const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
    for (const key of keys) cache.set(file(key, "", more));
    const left = held(cache, ...keys);
    expect(left).toContain("k999");
    const atLeast = 500 + 64 * (more.writeIds?.length ?? 0) + (more.extra ? 20_000 : 0);
    expect(left.length).toBeLessThanOrEqual(100_000 / atLeast);
  });

  it("does not evict everything for a file that does not fit at all", () => {
    const cache = new Cache(10_000);
    cache.set(file("a", "x"));
    cache.set(file("huge", new Uint8Array(10_000)));
    expect(held(cache, "a", "huge")).toEqual(["a"]);
  });

  it("keeps no copy of large bytes, text or not", () => {
    const cache = new Cache(100_000_000);
    cache.set(file("large", new Uint8Array(16 * 1024 * 1024)));
    cache.set(file("larger", new Uint8Array(16 * 1024 * 1024 + 1)));
    cache.set({ ...file("text", new Uint8Array(1)), isText: true });
    cache.set({ ...file("large-text", new Uint8Array(16 * 1024 * 1024 + 1)), isText: true });
    expect(held(cache, "large", "larger", "text", "large-text")).toEqual(["large", "text"]);
  });

  it("evicts the previous version if the new one does not fit", () => {
    const cache = new Cache(10_000);
    cache.set(file("a", "x"));
    cache.set(file("a", new Uint8Array(10_000)));
    expect(held(cache, "a")).toEqual([]);
  });

  it("frees the space of deleted and replaced files", () => {
    const cache = new Cache(10_000);
    for (let i = 0; i < 100; i++) {
      cache.set(file("a", new Uint8Array(4_000)));
      cache.set(file("b", new Uint8Array(4_000)));
      cache.delete("b");
      cache.delete("none");
    }
    cache.set(file("c", new Uint8Array(4_000)));
    expect(held(cache, "a", "c")).toEqual(["a", "c"]);
  });

  it("holds nothing if its size is 0", () => {
    const cache = new Cache(0);
    cache.set(file("a", ""));
    expect(held(cache, "a")).toEqual([]);
  });
});
