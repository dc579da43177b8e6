import { describe, expect, it } from "@jest/globals";
import { mapConcurrent } from "../../src/connection/map-concurrent.js";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { objectsOf } from "../helpers/objects.js";

const bucket = useBucket();
useVersioning(bucket);
const objects = objectsOf(bucket);

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("more than one page of S3", () => {
  it("2,500 versions of one key", async () => {
    const { history, filesAt, versions } = historyStore(bucket, "versions");
    // Neighbors in the listing.
    await objects.put("versions/a", "before");
    await objects.put("versions/a.txt.bak", "after");
    for (const i of numbers(2_500)) await objects.put("versions/a.txt", `${i}`);
    const all = await versions("a.txt", 10_000);
    expect(all).toHaveLength(2_500);
    const text = async (index: number) => (await history.getVersion("a.txt", all[index]!.id, call))!.content;
    for (const i of [0, 999, 1_000, 1_001, 2_499]) expect(await text(i)).toBe(`${2_499 - i}`);
    const tail = await history.versions("a.txt", { ...call, limit: 3, before: all[2_400]!.id });
    expect(tail).toEqual(all.slice(2_401, 2_404));
    expect((await filesAt({ version: all[2_000]!.id }))["a.txt"]).toBe("499");
    expect(await history.erase("a.txt", { ...call, scope: "file" })).toEqual({ files: 1, versions: 2_500 });
    expect(await versions("a.txt")).toEqual([]);
    expect(await objects.keys("versions/")).toEqual(["versions/a", "versions/a.txt.bak"]);
  }, 300_000);

  it("2,500 keys, with deletions", async () => {
    const { history, changes, filesAt, delete: remove } = historyStore(bucket, "keys");
    const name = (i: number) => `d${i % 3}/${String(i).padStart(4, "0")}.txt`;
    await mapConcurrent(numbers(2_500), 16, (i) => objects.put(`keys/${name(i)}`, `${i}`));
    const all = await changes(5_000);
    expect(all).toHaveLength(2_500);
    expect(await remove("d1")).toMatchObject({ deleted: 833, failed: [] });
    const then = await filesAt({ version: all.at(-1)!.id });
    expect(Object.keys(then)).toEqual(numbers(2_500).map(name).sort());
    expect(then["d1/0001.txt"]).toBe("1");
    expect(Object.keys(await filesAt(new Date()))).toHaveLength(1_667);
    const snapshot = await history.resolve({ version: all.at(-1)!.id }, call);
    const changed: string[] = [];
    for await (const keys of history.changedSince("", snapshot, call)) changed.push(...keys);
    expect(changed).toEqual(
      numbers(2_500)
        .map(name)
        .filter((key) => key.startsWith("d1/"))
        .sort(),
    );
    expect(await history.erase("", { ...call, scope: "descendants" })).toEqual({
      files: 1_667,
      versions: 2_500,
    });
    expect(await changes()).toEqual([]);
  }, 300_000);
});

describe("unusual names", () => {
  const NAMES = [
    "a b+c%20.txt",
    "ünï/日本語 😀.txt",
    "&<>\"'.txt",
    "dots.../..a",
    "%2F%00",
    "a=b&c?d#e",
    "\ue000\uffee.txt",
    "back\\slash",
    "<Version>",
    "null.txt",
  ];

  it("have versions, are deleted with an author, and come back", async () => {
    const {
      write,
      edit,
      delete: remove,
      versions,
      contents,
      filesAt,
      changes,
      history,
    } = historyStore(bucket, "odd");
    for (const key of NAMES) {
      await write(key, "1");
      await edit(key, "2");
      await remove(key, { user: "日本" });
      expect(await versions(key)).toMatchObject([
        { kind: "delete", by: { user: "日本" } },
        { kind: "edit" },
        {},
      ]);
      expect(await contents(key)).toEqual([undefined, "2", "1"]);
      const [, edited] = await versions(key);
      expect((await filesAt({ version: edited!.id }))[key]).toBe("2");
    }
    expect(await changes()).toHaveLength(3 * NAMES.length);
    expect(await filesAt(new Date())).toEqual({});
    expect(await history.erase("", { ...call, scope: "descendants" })).toEqual({
      files: 0,
      versions: 2 * NAMES.length,
    });
    expect(await changes()).toEqual([]);
  });
});
